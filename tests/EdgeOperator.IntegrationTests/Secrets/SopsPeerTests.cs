using System.Text.Json.Nodes;
using EdgeOperator.Core.Secrets.Age;
using EdgeOperator.Core.Secrets.Sops;
using EdgeOperator.Testing;

namespace EdgeOperator.IntegrationTests.Secrets;

/// <summary>Files that are written here, read by another implementation of SOPS's format: sops-age, in JavaScript.</summary>
public sealed class SopsPeerTests : IDisposable
{
    private const string Plain =
        """
        apiVersion: edgeoperator.io/v1alpha1
        kind: Secret
        metadata: {name: db}
        spec:
          stringData:
            # of the old one
            password: 'a "quoted": text'
            port: 5432
            ratio: 0.25
            tls: true
            pem: |
              first
              second
            list: [a, b]

        """;

    private static readonly string Peer = Path.Combine(AppContext.BaseDirectory, "Secrets", "sops-peer");

    private readonly TempFolder _folder = new();
    private readonly AgeIdentity _device = AgeIdentity.Generate();
    private readonly AgeIdentity _recovery = AgeIdentity.Generate();

    [Fact]
    public async Task Values_of_all_types_are_read() => await ShouldBeReadAsync(SopsWriter.Encrypt(Plain, [_recovery.Recipient, _device.Recipient], DateTimeOffset.UnixEpoch), _device);

    [Fact]
    public async Task A_file_with_another_key_is_read()
    {
        var file = SopsWriter.Encrypt(Plain, [_recovery.Recipient], DateTimeOffset.UnixEpoch);

        await ShouldBeReadAsync(SopsWriter.Rotate(file, [_recovery], [_device.Recipient], DateTimeOffset.UnixEpoch), _device);
    }

    [Fact]
    public async Task A_file_with_other_recipients_is_read()
    {
        var file = SopsWriter.Encrypt(Plain, [_recovery.Recipient], DateTimeOffset.UnixEpoch);

        await ShouldBeReadAsync(SopsWriter.Rewrap(file, [_recovery], [_recovery.Recipient, _device.Recipient]), _device);
    }

    public void Dispose() => _folder.Dispose();

    private async Task ShouldBeReadAsync(string yaml, AgeIdentity identity)
    {
        var path = Path.Combine(_folder.Path, "secret.yaml");
        await File.WriteAllTextAsync(path, yaml);
        var packages = await NpmPackages.InstallAsync(Path.Combine(Peer, "packages"));

        var read = JsonNode.Parse(await Shell.RunAsync("node", Path.Combine(Peer, "decrypt.mjs"), packages, identity.Reveal(), path))!;

        read["kind"]!.GetValue<string>().Should().Be("Secret");
        JsonNode.DeepEquals(read["spec"]!["stringData"], JsonNode.Parse(
            """{"password": "a \"quoted\": text", "port": 5432, "ratio": 0.25, "tls": true, "pem": "first\nsecond\n", "list": ["a", "b"]}""")).Should().BeTrue(read.ToJsonString());
    }
}
