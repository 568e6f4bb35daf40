using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using EdgeOperator.Core.Artifacts;
using EdgeOperator.IntegrationTests.Sources;
using EdgeOperator.Testing;

namespace EdgeOperator.Hub.Tests.Repositories;

/// <summary>What Git LFS has of a fleet's folder, pushed by the real client to a server over HTTPS.</summary>
public sealed class LargeFileTests : IAsyncLifetime
{
    private readonly TestAuthority _authority = new();
    private readonly LfsServer _lfs = new();
    private HubWithRepository _hub = null!;
    private HttpGitServer _server = null!;

    public async Task InitializeAsync()
    {
        _hub = await HubWithRepository.StartAsync();
        await _hub.Git.GitAsync("lfs", "install", "--local", "--skip-repo");
        _server = await HttpGitServer.StartAsync(_hub.Git.Path, _authority.Server);
        _server.Lfs = _lfs;
    }

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        await _hub.DisposeAsync();
        _authority.Dispose();
    }

    [Fact]
    public async Task Artifacts_hold_large_files_themselves_and_what_is_not_there_is_said_until_it_is()
    {
        var first = await CommitAsync("weights");
        await PushAsync();
        await _hub.FollowAsync($", auth: {{caFile: {_hub.Write("ca.pem", _authority.Pem)}}}", url: _server.Url + "/.git");
        await _hub.SyncedAsync(first);
        (await ModelAsync()).Should().Be("weights");
        _lfs.Downloads.Should().Equal(HashOf("weights"));

        await CommitAsync("more weights");
        var missing = await _hub.RepositoryAsync("False", "FleetFailed");
        HubWithRepository.Condition(missing, "message").Should().Match("Fleet/tills: model.bin is a Git LFS pointer to a file that the server does not have*");
        (await ModelAsync()).Should().Be("weights");

        _lfs.Status = 503;
        await _hub.RepositoryAsync("False", "FleetFailed", repository => HubWithRepository.Condition(repository, "message").Contains("503: not today", StringComparison.Ordinal));
        _lfs.Status = null;
        await PushAsync();
        await _hub.RepositoryAsync("True", "Synced");
        (await ModelAsync()).Should().Be("more weights");
    }

    private Task<string> CommitAsync(string model) => _hub.Git.CommitAsync(
        (".gitattributes", "*.bin filter=lfs diff=lfs merge=lfs -text\n"), HubWithRepository.FleetFile("till"), HubWithRepository.Content("till", "one"), ("devices/till/model.bin", model));

    // The repository itself keeps none of them.
    private async Task PushAsync()
    {
        await _hub.Git.GitAsync("-c", "http.sslVerify=false", "-c", $"lfs.url={_server.Url}/.git/info/lfs", "lfs", "push", "--all", $"{_server.Url}/.git");
        Directory.Delete(Path.Combine(_hub.Git.Path, ".git", "lfs"), recursive: true);
    }

    private async Task<string> ModelAsync()
    {
        JsonNode? digest = null;
        await Eventually.TrueAsync("there is an artifact", async () => (digest = (await _hub.Hub.CallAsync("GET", "api/v1/fleets/tills")).Body!["artifact"]?["digest"]) is not null);
        ArtifactDigest.TryGetHash((string?)digest, out var hash).Should().BeTrue();
        await using var package = File.OpenRead(Path.Combine(_hub.Hub.Data, "artifacts", hash!));
        return Encoding.UTF8.GetString(ArtifactPackage.Read(package, PackageLimits.Default).Single(file => file.Path == "model.bin").Content.Span);
    }

    private static string HashOf(string content) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(content)));
}
