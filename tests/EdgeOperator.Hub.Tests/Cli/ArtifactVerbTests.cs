using System.Text.Json.Nodes;
using EdgeOperator.Core.Artifacts;
using EdgeOperator.Testing;

namespace EdgeOperator.Hub.Tests.Cli;

/// <summary><c>edgeop hub artifacts</c> against a real hub.</summary>
public sealed class ArtifactVerbTests(LoggedInHub logged) : IClassFixture<LoggedInHub>, IDisposable
{
    private readonly TempFolder _folder = new("push");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_folder_is_packed_and_pushed_and_the_same_files_elsewhere_are_the_same_artifact()
    {
        _folder.Write("one/web.yaml", "a");
        _folder.Write("one/files/motd", "b");
        _folder.Write("two/files/motd", "b");
        _folder.Write("two/web.yaml", "a");
        File.SetLastWriteTimeUtc(_folder.File("two/web.yaml"), DateTime.UnixEpoch);

        var digest = (await logged.Edgeop.OkAsync("artifacts", "push", _folder.File("one"))).Trim();
        var again = JsonNode.Parse(await logged.Edgeop.OkAsync("artifacts", "push", _folder.File("two"), "-o", "json"))!;

        ArtifactDigest.TryGetHash(digest, out var hash).Should().BeTrue();
        again["digest"]!.GetValue<string>().Should().Be(digest);
        again["new"]!.GetValue<bool>().Should().BeFalse();
        var stored = await File.ReadAllBytesAsync(Path.Combine(logged.Hub.Data, "artifacts", hash!));
        ArtifactPackage.Read(new MemoryStream(stored), PackageLimits.Default).Select(f => f.Path).Should().Equal("files/motd", "web.yaml");
        (await logged.Edgeop.OkAsync("artifacts", "list")).Should().Contain(digest);
    }

    [Fact]
    public async Task A_package_is_pushed_as_it_is_and_what_no_device_would_take_is_not()
    {
        using (var package = File.Create(_folder.File("a.tar.gz")))
            ArtifactPackage.Write(package, [new("web.yaml", new byte[] { 1 })]);
        _folder.Write("b.tar.gz", "no package");

        var pushed = await logged.Edgeop.RunAsync(["artifacts", "push", _folder.File("a.tar.gz")]);
        var refused = await logged.Edgeop.RunAsync(["artifacts", "push", _folder.File("b.tar.gz")]);
        var missing = await logged.Edgeop.RunAsync(["artifacts", "push", _folder.File("none")]);

        pushed.ExitCode.Should().Be(0);
        (refused.ExitCode, missing.ExitCode).Should().Be((3, 3));
        refused.Error.Should().Contain("no package");
    }
}
