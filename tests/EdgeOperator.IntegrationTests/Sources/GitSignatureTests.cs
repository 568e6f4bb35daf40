using EdgeOperator.Agent.Sources;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Testing;

namespace EdgeOperator.IntegrationTests.Sources;

public sealed class GitSignatureTests : GitSourceTest
{
    private readonly TempFolder _keys = new("keys");

    public override async Task DisposeAsync()
    {
        await Signer.StopAgentsAsync(_keys);
        await base.DisposeAsync();
    }

    public override void Dispose()
    {
        _keys.Dispose();
        base.Dispose();
    }

    [Theory]
    [InlineData("ssh")]
    [InlineData("gpg")]
    public async Task A_commit_signed_by_an_allowed_key_is_delivered(string kind)
    {
        var signer = await SignerAsync(kind, "alice");
        var commit = await CommitAsync(signer, "1");

        (await DeliveredAsync(Verifying(kind, signer))).Id.Should().Be(commit);
    }

    [Theory]
    [InlineData("ssh")]
    [InlineData("gpg")]
    public async Task A_commit_signed_by_an_unknown_key_is_refused(string kind)
    {
        var (alice, mallory) = (await SignerAsync(kind, "alice"), await SignerAsync(kind, "mallory"));
        await CommitAsync(mallory, "1");

        var failed = await FailedAsync(Verifying(kind, alice));

        failed.Reason.Should().Be("Unverified");
        failed.Message.Should().Contain("signed by a key that is not allowed (");
    }

    [Theory]
    [InlineData("ssh")]
    [InlineData("gpg")]
    public async Task An_unsigned_commit_is_refused(string kind)
    {
        var alice = await SignerAsync(kind, "alice");
        await Repository.CommitAsync(("a.yaml", "1"));

        (await FailedAsync(Verifying(kind, alice))).Should().Match<FetchResult.Failed>(f => f.Reason == "Unverified" && f.Message.Contains("is not signed"));
    }

    [Theory]
    [InlineData("ssh")]
    [InlineData("gpg")]
    public async Task A_commit_that_was_altered_after_it_was_signed_is_refused(string kind)
    {
        var alice = await SignerAsync(kind, "alice");
        await CommitAsync(alice, "1");
        var raw = Path.Combine(Repository.Path, "raw");
        await File.WriteAllTextAsync(raw, (await Repository.GitAsync("cat-file", "commit", "HEAD")).Replace("Signed change", "Other change"));
        var altered = (await Repository.GitAsync("hash-object", "-t", "commit", "-w", raw)).Trim();
        await Repository.GitAsync("update-ref", "refs/heads/main", altered);

        (await FailedAsync(Verifying(kind, alice))).Should().Match<FetchResult.Failed>(f => f.Reason == "Unverified" && f.Message.Contains("bad signature"));
    }

    [Fact]
    public async Task A_commit_of_more_than_a_mebibyte_is_refused_however_it_is_signed()
    {
        var alice = await SignerAsync("ssh", "alice");
        var message = Path.Combine(_keys, "message");
        await File.WriteAllTextAsync(message, string.Concat(Enumerable.Repeat("A long line of a long message.\n", 40_000)));
        await Repository.GitAsync([.. alice.GitOptions, "commit", "-q", "--allow-empty", "-S", "-F", message]);

        (await FailedAsync(Verifying("ssh", alice))).Should().Match<FetchResult.Failed>(f => f.Reason == "Unverified" && f.Message.Contains("has more than 1048576 bytes"));
    }

    [Fact]
    public async Task Of_two_kinds_of_keys_either_will_do()
    {
        var (alice, bob) = (await SignerAsync("ssh", "alice"), await SignerAsync("gpg", "bob"));
        var source = Source(c => c with { Verify = new GitVerification.Signed(alice.PublicKeyFile, bob.PublicKeyFile) });

        await CommitAsync(alice, "1");
        await DeliveredAsync(source);
        await CommitAsync(bob, "2");
        await DeliveredAsync(source);
    }

    [Fact]
    public async Task A_kind_of_key_that_is_not_configured_is_not_accepted()
    {
        var (alice, bob) = (await SignerAsync("ssh", "alice"), await SignerAsync("gpg", "bob"));

        await CommitAsync(bob, "1");
        (await FailedAsync(Verifying("ssh", alice))).Reason.Should().Be("Unverified");
        await CommitAsync(alice, "2");
        (await FailedAsync(Verifying("gpg", bob))).Should().Match<FetchResult.Failed>(f => f.Reason == "Unverified" && f.Message.Contains("no allowed signers"));
    }

    [Theory]
    [InlineData("ssh")]
    [InlineData("gpg")]
    public async Task A_signed_tag_vouches_for_an_unsigned_commit(string kind)
    {
        var alice = await SignerAsync(kind, "alice");
        var commit = await Repository.CommitAsync(("a.yaml", "1"));
        await Repository.GitAsync([.. alice.GitOptions, "tag", "-s", "-m", "v1", "v1.0.0"]);

        var source = Verifying(kind, alice, new GitRef.SemverRange("^1"));

        (await DeliveredAsync(source)).Id.Should().Be(commit);
    }

    [Fact]
    public async Task An_old_signed_tag_under_a_new_name_vouches_for_nothing()
    {
        var alice = await SignerAsync("ssh", "alice");
        await Repository.CommitAsync(("a.yaml", "1"));
        await Repository.GitAsync([.. alice.GitOptions, "tag", "-s", "-m", "v1", "v1.0.0"]);
        await Repository.GitAsync("update-ref", "refs/tags/v1.9.0", "refs/tags/v1.0.0");

        (await FailedAsync(Verifying("ssh", alice, new GitRef.SemverRange("^1")))).Reason.Should().Be("Unverified");
    }

    [Fact]
    public async Task A_key_that_is_added_later_lets_the_same_commit_in()
    {
        var (alice, bob) = (await SignerAsync("ssh", "alice"), await SignerAsync("ssh", "bob"));
        await CommitAsync(bob, "1");
        var source = Verifying("ssh", alice);
        (await FailedAsync(source)).Reason.Should().Be("Unverified");

        await File.AppendAllTextAsync(alice.PublicKeyFile, await File.ReadAllTextAsync(bob.PublicKeyFile));

        await DeliveredAsync(source);
    }

    [Fact]
    public async Task Keys_that_are_missing_or_no_keys_let_nothing_in()
    {
        var alice = await SignerAsync("ssh", "alice");
        await CommitAsync(alice, "1");

        foreach (var verify in (GitVerification[])[
            new GitVerification.Signed("/nowhere", null),
            new GitVerification.Signed(null, "/nowhere"),
            new GitVerification.Signed(null, null),
            new GitVerification.Signed(_keys.Write("junk", "junk"), null),
            new GitVerification.Signed(null, _keys.Write("junk", "junk"))])
        {
            (await FailedAsync(Source(c => c with { Verify = verify }))).Reason.Should().Be("Unverified", "of {0}", verify);
        }
    }

    [Fact]
    public async Task Only_the_named_folder_of_a_signed_commit_is_fetched()
    {
        var alice = await SignerAsync("ssh", "alice");
        await Repository.CommitAsync(("site/a.yaml", "a"), ("x", "x"));
        await Repository.GitAsync([.. alice.GitOptions, "commit", "-q", "-S", "--amend", "-m", "Signed"]);

        Texts(await DeliveredAsync(Source(c => c with { Path = "site", Verify = new GitVerification.Signed(alice.PublicKeyFile, null) })))
            .Should().Equal(("a.yaml", "a"));
    }

    private Task<Signer> SignerAsync(string kind, string name) =>
        kind == "ssh" ? Signer.WithSshKeyAsync(_keys, name) : Signer.WithGpgKeyAsync(_keys, name);

    private Agent.Sources.Git.GitSource Verifying(string kind, Signer signer, GitRef? wanted = null) => Source(c => c with
    {
        Ref = wanted ?? c.Ref,
        Verify = kind == "ssh" ? new GitVerification.Signed(signer.PublicKeyFile, null) : new GitVerification.Signed(null, signer.PublicKeyFile),
    });

    private async Task<string> CommitAsync(Signer signer, string content)
    {
        await File.WriteAllTextAsync(Path.Combine(Repository.Path, "a.yaml"), content);
        await Repository.GitAsync("add", "-A");
        await Repository.GitAsync([.. signer.GitOptions, "commit", "-q", "-S", "-m", "Signed change"]);
        return (await Repository.GitAsync("rev-parse", "HEAD")).Trim();
    }
}
