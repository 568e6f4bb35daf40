using System.Globalization;
using EdgeOperator.Agent.Sources;
using EdgeOperator.Core.Manifests;

namespace EdgeOperator.IntegrationTests.Sources;

public sealed class GitKeyExpiryTests : SignedSourceTest
{
    // When the GPG key of these tests is made and signs; it expires after 30 days.
    private static readonly DateTimeOffset Made = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    [Theory]
    [InlineData("branch")]
    [InlineData("tag")]
    public async Task What_an_expired_SSH_key_signs_with_an_older_date_is_refused(string what)
    {
        var alice = await Signer.WithSshKeyAsync(Keys, "alice", ValidBefore(Now.AddDays(-10)));
        await CommitAsync(alice, "1", at: Now.AddDays(-20));
        await TagAsync(alice, "v1", at: Now.AddDays(-20));

        var failed = await FailedAsync(Verifying(alice, what == "tag" ? new GitRef.Tag("v1") : null));

        failed.Should().Match<FetchResult.Failed>(f => f.Reason == "Unverified" && f.Message.Contains("not allowed any more"));
    }

    [Fact]
    public async Task What_an_expired_SSH_key_signs_with_the_true_date_is_refused()
    {
        var alice = await Signer.WithSshKeyAsync(Keys, "alice", ValidBefore(Now.AddDays(-10)));
        await CommitAsync(alice, "1");

        (await FailedAsync(Verifying(alice))).Reason.Should().Be("Unverified");
    }

    [Fact]
    public async Task What_claims_a_time_before_its_SSH_key_was_valid_is_refused()
    {
        var alice = await Signer.WithSshKeyAsync(Keys, "alice", $"valid-after=\"{Stamp(Now.AddDays(-10))}\"");
        await CommitAsync(alice, "1", at: Now.AddDays(-20));

        (await FailedAsync(Verifying(alice))).Reason.Should().Be("Unverified");
    }

    [Fact]
    public async Task A_commit_that_was_seen_while_its_SSH_key_was_valid_stays_good_and_no_other_becomes_so()
    {
        var alice = await Signer.WithSshKeyAsync(Keys, "alice", ValidBefore(Now.AddDays(10)));
        var commit = await CommitAsync(alice, "1");
        await DeliveredAsync(Verifying(alice));

        Clock.Shift = TimeSpan.FromDays(20);
        Directory.Delete(LocalRepository, recursive: true);
        (await DeliveredAsync(Verifying(alice))).Id.Should().Be(commit);

        await CommitAsync(alice, "2");
        (await FailedAsync(Verifying(alice))).Reason.Should().Be("Unverified");
    }

    [Fact]
    public async Task A_clock_that_is_set_back_does_not_bring_an_expired_key_back()
    {
        var alice = await Signer.WithSshKeyAsync(Keys, "alice", ValidBefore(Now.AddDays(10)));
        var bob = await SignerAsync("ssh", "bob");
        await File.AppendAllTextAsync(alice.PublicKeyFile, await File.ReadAllTextAsync(bob.PublicKeyFile));
        await CommitAsync(bob, "1");
        Clock.Shift = TimeSpan.FromDays(20);
        await DeliveredAsync(Verifying(alice));

        Clock.Shift = TimeSpan.Zero;
        await CommitAsync(alice, "2");

        (await FailedAsync(Verifying(alice))).Reason.Should().Be("Unverified");
    }

    [Fact]
    public async Task A_key_that_is_allowed_a_second_time_for_another_purpose_is_not_allowed_for_commits()
    {
        var alice = await Signer.WithSshKeyAsync(Keys, "alice", ValidBefore(Now.AddDays(-10)));
        var line = await File.ReadAllTextAsync(alice.PublicKeyFile);
        var key = string.Join(' ', line.Split(' ')[^3..]);
        await File.WriteAllTextAsync(alice.PublicKeyFile, $"{line.Trim()}\nalice@example.com namespaces=\"file\" {key}");
        await CommitAsync(alice, "1", at: Now.AddDays(-20));

        (await FailedAsync(Verifying(alice))).Reason.Should().Be("Unverified");
    }

    /// <summary>Git judges the signature of the repository's hash, and leaves out every other header of such a name.</summary>
    [Theory]
    [InlineData("gpgsig-sha256 nothing\n", "")]
    [InlineData("gpgsig-sha256 -----BEGIN PGP SIGNATURE-----\n \n -----END PGP SIGNATURE-----\n", "")]
    [InlineData("", "gpgsig-sha256 nothing\n")]
    [InlineData("gpgsigx nothing\n", "")]
    public async Task A_second_signature_header_does_not_hide_what_an_expired_SSH_key_has_signed(string before, string after)
    {
        var alice = await Signer.WithSshKeyAsync(Keys, "alice", ValidBefore(Now.AddDays(-10)));
        await CommitAsync(alice, "1", at: Now.AddDays(-20));
        var commit = await Repository.GitAsync("cat-file", "commit", "HEAD");
        var start = commit.IndexOf("gpgsig ", StringComparison.Ordinal);
        const string Last = "-----END SSH SIGNATURE-----\n";
        var end = commit.IndexOf(Last, StringComparison.Ordinal) + Last.Length;
        var file = Keys.Write("commit", commit[..start] + before + commit[start..end] + after + commit[end..]);
        var forged = (await Repository.GitAsync("hash-object", "-t", "commit", "-w", "--literally", file)).Trim();
        await Repository.GitAsync("update-ref", "HEAD", forged);

        (await FailedAsync(Verifying(alice))).Reason.Should().Be("Unverified");
    }

    [Fact]
    public async Task What_an_expired_GPG_key_signs_with_an_older_date_is_refused()
    {
        var alice = await Signer.WithGpgKeyAsync(Keys, "alice", "30d", Stamp(Made, "yyyyMMdd'T'HHmmss"));
        await CommitAsync(alice, "1", at: Made);

        (await FailedAsync(Verifying(alice))).Should().Match<FetchResult.Failed>(f => f.Reason == "Unverified" && f.Message.Contains("expired"));
    }

    [Fact]
    public async Task A_commit_that_was_seen_while_its_GPG_key_was_valid_stays_good()
    {
        var alice = await Signer.WithGpgKeyAsync(Keys, "alice", "30d", Stamp(Made, "yyyyMMdd'T'HHmmss"));
        var commit = await CommitAsync(alice, "1", at: Made);
        Clock.Shift = Made.AddDays(5) - Now;
        await DeliveredAsync(Verifying(alice));

        Clock.Shift = TimeSpan.Zero;
        Directory.Delete(LocalRepository, recursive: true);

        (await DeliveredAsync(Verifying(alice))).Id.Should().Be(commit);
    }

    private static string ValidBefore(DateTimeOffset time) => $"valid-before=\"{Stamp(time)}\"";

    private static string Stamp(DateTimeOffset time, string format = "yyyyMMddHHmmss") =>
        (format.Contains('T') ? time : time.ToLocalTime()).ToString(format, CultureInfo.InvariantCulture);
}
