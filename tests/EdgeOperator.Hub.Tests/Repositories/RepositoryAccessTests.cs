using System.Net;
using EdgeOperator.IntegrationTests.Sources;
using EdgeOperator.Testing;

namespace EdgeOperator.Hub.Tests.Repositories;

/// <summary>How the hub reaches repositories, and what it takes from them: servers, logins, certificates, signatures.</summary>
public sealed class RepositoryAccessTests : IAsyncLifetime
{
    private HubWithRepository _hub = null!;

    public async Task InitializeAsync() => _hub = await HubWithRepository.StartAsync();

    public async Task DisposeAsync() => await _hub.DisposeAsync();

    [Fact]
    public async Task A_server_with_a_certificate_of_its_own_ca_and_a_token_is_read()
    {
        using var authority = new TestAuthority();
        await using var server = await HttpGitServer.StartAsync(Path.GetDirectoryName(_hub.Git.Path)!, authority.Server);
        server.Authorization = HttpGitServer.Basic("git", "let me in");
        var (ca, token) = (_hub.Write("ca.pem", authority.Pem), _hub.Write("token", "let me in\n"));
        var commit = await _hub.Git.CommitAsync(HubWithRepository.FleetFile("till"), HubWithRepository.Content("till", "one"));

        await _hub.FollowAsync($", auth: {{tokenFile: {token}, caFile: {ca}}}", url: Url(server));
        await _hub.SyncedAsync(commit);

        await _hub.FollowAsync($", auth: {{tokenFile: {token}}}", url: Url(server));
        await _hub.RepositoryAsync("False", "AuthenticationFailed", repository => HubWithRepository.Condition(repository, "message").Contains("by no CA that this machine trusts", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_wrong_token_is_shown_once_and_not_again_and_again()
    {
        using var authority = new TestAuthority();
        await using var server = await HttpGitServer.StartAsync(Path.GetDirectoryName(_hub.Git.Path)!, authority.Server);
        server.Authorization = HttpGitServer.Basic("git", "let me in");
        var (ca, token) = (_hub.Write("ca.pem", authority.Pem), _hub.Write("token", "guessed"));
        await _hub.Git.CommitAsync(HubWithRepository.FleetFile("till"));

        await _hub.FollowAsync($", auth: {{tokenFile: {token}, caFile: {ca}}}", interval: "1d", url: Url(server));
        HubWithRepository.Condition(await _hub.RepositoryAsync("False", "AuthenticationFailed"), "message").Should().Be("the server does not accept the login");
        server.Seen.Count(authorization => authorization.Length > 0).Should().Be(1);
    }

    [Fact]
    public async Task A_token_does_not_go_along_to_where_a_server_redirects()
    {
        using var authority = new TestAuthority();
        await using var thief = await HttpGitServer.StartAsync(Path.GetDirectoryName(_hub.Git.Path)!, authority.Server);
        await using var server = await HttpGitServer.StartAsync(Path.GetDirectoryName(_hub.Git.Path)!, authority.Server);
        (server.RedirectTo, thief.Authorization) = (thief.Url, HttpGitServer.Basic("git", "let me in"));
        var (ca, token) = (_hub.Write("ca.pem", authority.Pem), _hub.Write("token", "let me in"));
        await _hub.Git.CommitAsync(HubWithRepository.FleetFile("till"));

        await _hub.FollowAsync($", auth: {{tokenFile: {token}, caFile: {ca}}}", url: Url(server));
        await Eventually.TrueAsync("it was tried", async () => HubWithRepository.Condition(await _hub.RepositoryAsync(), "status") == "False");
        thief.Seen.Should().OnlyContain(authorization => authorization.Length == 0);
    }

    [Fact]
    public async Task A_server_that_says_nothing_is_given_up_and_the_hub_goes_on()
    {
        var answered = new TaskCompletionSource();
        await using var server = await HttpGitServer.StartAsync(Path.GetDirectoryName(_hub.Git.Path)!);
        server.Special = async context =>
        {
            await answered.Task.WaitAsync(context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return true;
        };

        await _hub.FollowAsync(", timeout: 1s", interval: "1d", url: Url(server));
        await _hub.RepositoryAsync("False", "TimedOut");
        answered.SetResult();
    }

    [Fact]
    public async Task A_repository_that_is_too_large_is_given_up()
    {
        await _hub.Git.CommitAsync(HubWithRepository.FleetFile("till"), ("large.bin", Convert.ToBase64String(System.Security.Cryptography.RandomNumberGenerator.GetBytes(3 * 1024 * 1024))));
        await using var server = await HttpGitServer.StartAsync(Path.GetDirectoryName(_hub.Git.Path)!);

        await _hub.FollowAsync(", maxRepositorySize: 1Mi", url: Url(server));
        HubWithRepository.Condition(await _hub.RepositoryAsync("False", "Refused"), "message").Should().Contain("maxRepositorySize");
    }

    [Fact]
    public async Task A_server_is_reached_by_ssh_with_a_key()
    {
        await using var server = await SshServer.StartAsync();
        var (key, known) = (_hub.FilePath("key"), _hub.Write("known_hosts", server.KnownHosts));
        File.Copy(server.KeyFile, key);
        File.SetUnixFileMode(key, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var commit = await _hub.Git.CommitAsync(HubWithRepository.FleetFile("till"), HubWithRepository.Content("till", "one"));

        await _hub.FollowAsync($", auth: {{sshKeyFile: {key}, knownHostsFile: {known}}}", url: server.Url(_hub.Git.Path));
        await _hub.SyncedAsync(commit);
    }

    [Fact]
    public async Task A_mirror_that_is_damaged_is_made_anew()
    {
        await _hub.Git.CommitAsync(HubWithRepository.FleetFile("till"), HubWithRepository.Content("till", "one"));
        await _hub.FollowAsync();
        await _hub.RepositoryAsync("True", "Synced");

        var mirror = Path.Combine(_hub.Hub.Data, "repositories/shop/repository.git");
        foreach (var file in Directory.GetFiles(Path.Combine(mirror, "objects"), "*", SearchOption.AllDirectories))
        {
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            await File.WriteAllTextAsync(file, "");
        }

        await _hub.SyncedAsync(await _hub.Git.CommitAsync(HubWithRepository.FleetFile("till"), HubWithRepository.Content("till", "two")));
    }

    [Theory]
    [InlineData("file:///etc", ", auth: {tokenFile: /etc/shadow}", "the file /etc/shadow is not in ")]
    [InlineData("https://git.example.com/a.git", ", webhook: {secretFile: /etc/hostname}", "the file /etc/hostname is not in ")]
    [InlineData("https://git.example.com/a.git", ", auth: {caFile: {files}/../../etc/hostname}", "must be an absolute path without `..`")]
    public async Task A_repository_names_no_files_of_the_hub_outside_of_their_folder(string url, string more, string refusal)
    {
        var manifest = $$"""
            apiVersion: edgeoperator.io/v1alpha1
            kind: Repository
            metadata: {name: shop}
            spec: {url: "{{url}}"{{more.Replace("{files}", _hub.FilePath("x")[..^2], StringComparison.Ordinal)}} }
            """;
        var (code, _, error) = await _hub.Fleet.Edgeop.RunAsync(["apply", "-f", "-"], manifest);
        code.Should().Be(3);
        error.Should().Contain(refusal);
    }

    [Fact]
    public async Task Only_administrators_say_what_is_followed_and_a_repository_on_the_hubs_machine_is_refused_unless_it_is_allowed()
    {
        await using var strict = await HubUnderTest.StartAsync();
        var (status, body) = await strict.CallAsync("PUT", "api/v1/repositories/shop", $$$"""{"spec":{"url":"{{{_hub.Git.Url}}}"}}""");
        status.Should().Be(HttpStatusCode.BadRequest);
        body!.ToJsonString().Should().Contain("repositories.local in hub.yaml");

        var operatorLogin = await strict.BearerAsync("operator", "Operator");
        (await strict.CallAsync("PUT", "api/v1/repositories/shop", """{"spec":{"url":"https://git.example.com/a.git"}}""", operatorLogin)).Status.Should().Be(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task A_repository_that_is_to_be_signed_takes_signed_commits_alone_and_none_that_goes_back()
    {
        using var keys = new TempFolder("keys");
        var alice = await Signer.WithSshKeyAsync(keys, "alice");
        var allowed = _hub.Write("allowed_signers", await File.ReadAllTextAsync(alice.PublicKeyFile));
        await _hub.Git.CommitAsync(HubWithRepository.FleetFile("till"), HubWithRepository.Content("till", "one"));
        await _hub.FollowAsync($", verify: {{mode: signed, keys: {{allowedSigners: {allowed}}}}}");
        HubWithRepository.Condition(await _hub.RepositoryAsync("False", "Unverified"), "message").Should().Contain("is not signed");
        (await _hub.FleetNamesAsync()).Should().BeEmpty();

        var first = await SignAsync(alice, "two");
        await _hub.SyncedAsync(first);
        var second = await SignAsync(alice, "three");
        await _hub.SyncedAsync(second);

        await _hub.Git.GitAsync("reset", "-q", "--hard", first);
        HubWithRepository.Condition(await _hub.RepositoryAsync("False", "RewindRefused"), "message").Should().Contain("does not descend from main@");
        (await _hub.Fleet.Edgeop.OkAsync("repositories", "sync", "shop", "--allow-rewind")).Should().StartWith("Repository/shop: Synced: at main@");
        ((string)(await _hub.RepositoryAsync())["commit"]!).Should().Be(first);
    }

    private async Task<string> SignAsync(Signer signer, string content)
    {
        await _hub.Git.CommitAsync(HubWithRepository.FleetFile("till"), HubWithRepository.Content("till", content));
        await _hub.Git.GitAsync([.. signer.GitOptions, "commit", "-q", "--amend", "--no-edit", "-S"]);
        return (await _hub.Git.GitAsync("rev-parse", "HEAD")).Trim();
    }

    private string Url(HttpGitServer server) => $"{server.Url}/{Path.GetFileName(_hub.Git.Path)}/.git";
}
