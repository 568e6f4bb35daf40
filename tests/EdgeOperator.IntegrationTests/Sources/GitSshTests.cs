using EdgeOperator.Agent.Sources;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Testing;

namespace EdgeOperator.IntegrationTests.Sources;

public sealed class GitSshTests : GitSourceTest
{
    private readonly TempFolder _files = new();
    private SshServer _server = null!;

    private string RememberedHosts => Path.Combine(SourceFolder, "known_hosts");

    private string Url => _server.Url(Repository.Path);

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        _server = await SshServer.StartAsync();
    }

    public override async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        await base.DisposeAsync();
    }

    public override void Dispose()
    {
        _files.Dispose();
        base.Dispose();
    }

    [Fact]
    public async Task A_server_that_is_known_lets_the_key_in()
    {
        var commit = await Repository.CommitAsync(("a.yaml", "a"));
        var knownHosts = _files.Write("known hosts", _server.KnownHosts);

        var artifact = await DeliveredAsync(Source(c => c with { Url = Url, SshKeyFile = _server.KeyFile, KnownHostsFile = knownHosts }));

        artifact.Id.Should().Be(commit);
        File.Exists(RememberedHosts).Should().BeFalse();
    }

    [Fact]
    public async Task A_server_that_is_not_in_the_known_hosts_is_not_talked_to()
    {
        await Repository.CommitAsync(("a.yaml", "a"));
        var knownHosts = _files.Write("known_hosts", "");

        (await FailedAsync(Source(c => c with { Url = Url, SshKeyFile = _server.KeyFile, KnownHostsFile = knownHosts }))).Should()
            .Match<FetchResult.Failed>(f => f.Reason == "AuthenticationFailed" && f.Message.Contains("known hosts"));
    }

    [Fact]
    public async Task Without_known_hosts_the_server_is_remembered_and_must_stay_the_same()
    {
        var commit = await Repository.CommitAsync(("a.yaml", "a"));
        var source = Source(c => c with { Url = Url, SshKeyFile = _server.KeyFile });

        (await DeliveredAsync(source)).Id.Should().Be(commit);
        (await File.ReadAllTextAsync(RememberedHosts)).Should().Contain(_server.KnownHosts.Split(' ')[2].Trim());

        await using var impostor = await SshServer.StartAsync();
        await File.WriteAllTextAsync(RememberedHosts, impostor.KnownHosts.Replace($":{impostor.Port}", $":{_server.Port}"));
        (await FailedAsync(source)).Reason.Should().Be("AuthenticationFailed");
    }

    [Fact]
    public async Task A_key_that_the_server_does_not_know_is_turned_away()
    {
        await Repository.CommitAsync(("a.yaml", "a"));

        (await FailedAsync(Source(c => c with { Url = Url, SshKeyFile = _server.StrangersKeyFile }))).Should()
            .Match<FetchResult.Failed>(f => f.Reason == "AuthenticationFailed" && f.Message.Contains("does not accept the key"));
    }

    [Fact]
    public async Task A_key_that_others_may_read_is_said_to_be_open()
    {
        await Repository.CommitAsync(("a.yaml", "a"));
        File.SetUnixFileMode(_server.KeyFile, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);

        (await FailedAsync(Source(c => c with { Url = Url, SshKeyFile = _server.KeyFile }))).Message.Should().Contain("chmod 600");
    }

    [Fact]
    public async Task A_server_that_is_away_is_unreachable() =>
        (await FailedAsync(Source(c => c with { Url = $"ssh://git@127.0.0.1:{FreePort.Next()}/a.git", SshKeyFile = _server.KeyFile }))).Reason
            .Should().Be("Unreachable");

    [Fact]
    public async Task A_repository_that_the_server_does_not_have_is_not_found() =>
        (await FailedAsync(Source(c => c with { Url = _server.Url("/nowhere.git"), SshKeyFile = _server.KeyFile }))).Reason.Should().Be("NotFound");

    [Fact]
    public async Task A_commit_that_the_server_does_not_hand_out_by_id_is_searched_in_its_refs()
    {
        await using var old = await SshServer.StartAsync(version2: false);
        await Repository.GitAsync("config", "uploadpack.allowAnySHA1InWant", "false");
        var first = await Repository.CommitAsync(("a.yaml", "0"));
        for (var i = 1; i <= 60; i++)
            await Repository.GitAsync("commit", "-q", "--allow-empty", "-m", $"{i}");

        var artifact = await DeliveredAsync(Source(c => c with { Url = old.Url(Repository.Path), SshKeyFile = old.KeyFile, Ref = new GitRef.Commit(first) }));

        artifact.Id.Should().Be(first);
        Texts(artifact).Should().Equal(("a.yaml", "0"));
    }

    [Fact]
    public async Task A_commit_that_no_ref_of_such_a_server_has_is_not_found()
    {
        await using var old = await SshServer.StartAsync(version2: false);
        await Repository.GitAsync("config", "uploadpack.allowAnySHA1InWant", "false");
        await Repository.CommitAsync(("a.yaml", "0"));

        (await FailedAsync(Source(c => c with
        {
            Url = old.Url(Repository.Path),
            SshKeyFile = old.KeyFile,
            Ref = new GitRef.Commit(new string('a', 40)),
        }))).Reason.Should().Be("NotFound");
    }

    [Fact]
    public async Task A_server_that_leaves_files_out_and_does_not_hand_them_out_by_id_is_asked_for_everything()
    {
        await using var old = await SshServer.StartAsync(version2: false);
        await Repository.GitAsync("config", "uploadpack.allowAnySHA1InWant", "false");
        await Repository.CommitAsync(("site/a.yaml", "a"), ("x", "x"));

        var artifact = await DeliveredAsync(Source(c => c with { Url = old.Url(Repository.Path), SshKeyFile = old.KeyFile, Path = "site" }));

        Texts(artifact).Should().Equal(("a.yaml", "a"));
    }
}
