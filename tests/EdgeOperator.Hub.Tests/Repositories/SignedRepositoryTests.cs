using EdgeOperator.IntegrationTests.Sources;
using EdgeOperator.Testing;

namespace EdgeOperator.Hub.Tests.Repositories;

/// <summary>Commits that GPG keys have signed, and tags that SSH and GPG keys have: none but those that an allowed key has signed are rolled out.</summary>
public sealed class SignedRepositoryTests : IAsyncLifetime
{
    private readonly TempFolder _keys = new("keys");
    private HubWithRepository _hub = null!;

    public async Task InitializeAsync() => _hub = await HubWithRepository.StartAsync();

    public async Task DisposeAsync()
    {
        await _hub.DisposeAsync();
        await Signer.StopAgentsAsync(_keys);
        _keys.Dispose();
    }

    [Fact]
    public async Task A_commit_is_taken_when_an_allowed_GPG_key_has_signed_it()
    {
        var (alice, mallory) = (await Signer.WithGpgKeyAsync(_keys, "alice"), await Signer.WithGpgKeyAsync(_keys, "mallory"));
        var keyring = _hub.Write("keys.asc", await File.ReadAllTextAsync(alice.PublicKeyFile));
        await CommitAsync(null, "one");
        await _hub.FollowAsync($", verify: {{mode: signed, keys: {{gpgKeyring: {keyring}}}}}");
        await RefusedAsync("is not signed");

        await CommitAsync(mallory, "two");
        await RefusedAsync("is signed by a key that is not allowed");
        (await _hub.FleetNamesAsync()).Should().BeEmpty();

        await _hub.SyncedAsync(await CommitAsync(alice, "three"));
        (await _hub.FleetNamesAsync()).Should().Equal("tills");
    }

    [Theory]
    [InlineData("ssh")]
    [InlineData("gpg")]
    public async Task A_tag_is_taken_when_an_allowed_key_has_signed_it_under_its_own_name(string kind)
    {
        var isSsh = kind == "ssh";
        var (alice, mallory) = isSsh
            ? (await Signer.WithSshKeyAsync(_keys, "alice"), await Signer.WithSshKeyAsync(_keys, "mallory"))
            : (await Signer.WithGpgKeyAsync(_keys, "alice"), await Signer.WithGpgKeyAsync(_keys, "mallory"));
        var keys = _hub.Write("keys", await File.ReadAllTextAsync(alice.PublicKeyFile));
        var first = await CommitAsync(null, "one");
        await TagAsync(alice, "v1.0.0");
        await _hub.FollowAsync($", ref: {{semver: \"^1\"}}, verify: {{mode: signed, keys: {{{(isSsh ? "allowedSigners" : "gpgKeyring")}: {keys}}}}}");
        await _hub.SyncedAsync(first);

        await CommitAsync(null, "two");
        await _hub.Git.GitAsync("tag", "v1.1.0");
        await RefusedAsync("the tag v1.1.0 is a lightweight tag, which can't be signed");
        await TagAsync(mallory, "v1.2.0");
        await RefusedAsync("the tag v1.2.0 is signed by a key that is not allowed");

        // What alice has signed before is given another name.
        await _hub.Git.GitAsync("update-ref", "refs/tags/v1.3.0", (await _hub.Git.GitAsync("rev-parse", "v1.0.0")).Trim());
        await RefusedAsync("the tag v1.3.0 was signed under another name");
        ((string?)(await _hub.RepositoryAsync())["commit"]).Should().Be(first);

        await TagAsync(alice, "v1.4.0");
        await _hub.SyncedAsync((await _hub.Git.GitAsync("rev-parse", "HEAD")).Trim());
    }

    private async Task<string> CommitAsync(Signer? signer, string content)
    {
        await _hub.Git.CommitAsync(HubWithRepository.FleetFile("till"), HubWithRepository.Content("till", content));
        if (signer is not null)
            await _hub.Git.GitAsync([.. signer.GitOptions, "commit", "-q", "--amend", "--no-edit", "-S"]);
        return (await _hub.Git.GitAsync("rev-parse", "HEAD")).Trim();
    }

    private async Task TagAsync(Signer signer, string name) => await _hub.Git.GitAsync([.. signer.GitOptions, "tag", "-s", "-m", "Release", name]);

    private async Task RefusedAsync(string message) =>
        await _hub.RepositoryAsync("False", "Unverified", repository => HubWithRepository.Condition(repository, "message").Contains(message, StringComparison.Ordinal));
}
