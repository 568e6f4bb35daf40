using EdgeOperator.Agent.Sources;
using EdgeOperator.Core.Manifests;

namespace EdgeOperator.IntegrationTests.Sources;

public sealed class GitRewindTests : SignedSourceTest
{
    [Theory]
    [InlineData("ssh")]
    [InlineData("gpg")]
    public async Task A_branch_that_is_reset_to_an_older_signed_commit_is_refused(string kind)
    {
        var alice = await SignerAsync(kind, "alice");
        var first = await CommitAsync(alice, "1");
        var second = await CommitAsync(alice, "2");
        var source = Verifying(alice);
        await DeliveredAsync(source);

        await Repository.GitAsync("reset", "-q", "--hard", first);
        var failed = await FailedAsync(source, known: second);

        failed.Reason.Should().Be("RewindRefused");
        failed.Message.Should().Contain(first[..7]).And.Contain(second[..7]).And.Contain("edgeop reconcile --allow-rewind");
    }

    [Fact]
    public async Task A_rewritten_history_is_refused_although_every_commit_of_it_is_signed()
    {
        var alice = await SignerAsync("ssh", "alice");
        var root = await CommitAsync(alice, "1");
        await CommitAsync(alice, "2");
        var source = Verifying(alice);
        await DeliveredAsync(source);

        await Repository.GitAsync("reset", "-q", "--hard", root);
        for (var number = 3; number < 15; number++)
            await CommitAsync(alice, $"{number}");

        (await FailedAsync(source)).Reason.Should().Be("RewindRefused");
    }

    [Fact]
    public async Task An_unrelated_history_is_refused()
    {
        var alice = await SignerAsync("ssh", "alice");
        await CommitAsync(alice, "1");
        var source = Verifying(alice);
        await DeliveredAsync(source);

        await Repository.GitAsync("checkout", "-q", "--orphan", "other");
        await CommitAsync(alice, "2");
        await Repository.GitAsync("branch", "-q", "-M", "other", "main");

        (await FailedAsync(source)).Reason.Should().Be("RewindRefused");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(20)]
    [InlineData(130)]
    public async Task Descendants_are_delivered_however_many_commits_lie_between(int commits)
    {
        var alice = await SignerAsync("ssh", "alice");
        await CommitAsync(alice, "first");
        var source = Verifying(alice);
        await DeliveredAsync(source);

        for (var number = 1; number < commits; number++)
            await Repository.GitAsync("commit", "-q", "--allow-empty", "-m", "Between, and not signed");
        var last = await CommitAsync(alice, "last");

        (await DeliveredAsync(source)).Id.Should().Be(last);
    }

    [Fact]
    public async Task A_merge_that_contains_the_last_verified_commit_is_delivered()
    {
        var alice = await SignerAsync("ssh", "alice");
        var root = await CommitAsync(alice, "1");
        await CommitAsync(alice, "2");
        var source = Verifying(alice);
        await DeliveredAsync(source);

        await Repository.GitAsync("checkout", "-q", "-b", "side", root);
        await Repository.GitAsync("commit", "-q", "--allow-empty", "-m", "Aside");
        await Repository.GitAsync([.. alice.GitOptions, "merge", "-q", "-S", "-m", "Merge", "main"]);
        await Repository.GitAsync("branch", "-q", "-f", "main", "side");

        await DeliveredAsync(source);
    }

    [Fact]
    public async Task The_last_verified_commit_outlives_the_agent_and_the_mirror()
    {
        var alice = await SignerAsync("ssh", "alice");
        var first = await CommitAsync(alice, "1");
        await CommitAsync(alice, "2");
        await DeliveredAsync(Verifying(alice));

        Directory.Delete(LocalRepository, recursive: true);
        await Repository.GitAsync("reset", "-q", "--hard", first);

        (await FailedAsync(Verifying(alice))).Reason.Should().Be("RewindRefused");
    }

    [Fact]
    public async Task One_damaged_copy_of_the_record_forgets_nothing()
    {
        var alice = await SignerAsync("ssh", "alice");
        var first = await CommitAsync(alice, "1");
        await CommitAsync(alice, "2");
        await DeliveredAsync(Verifying(alice));
        File.Delete(Path.Combine(SourceFolder, "verified.json"));

        await Repository.GitAsync("reset", "-q", "--hard", first);

        (await FailedAsync(Verifying(alice))).Message.Should().Contain("does not descend");
    }

    [Fact]
    public async Task A_damaged_record_falls_back_to_the_stored_commit_and_otherwise_lets_nothing_in()
    {
        var alice = await SignerAsync("ssh", "alice");
        var first = await CommitAsync(alice, "1");
        var second = await CommitAsync(alice, "2");
        await DeliveredAsync(Verifying(alice));
        foreach (var record in Directory.GetFiles(SourceFolder, "verified.json*"))
            await File.WriteAllTextAsync(record, "{");

        (await FailedAsync(Verifying(alice))).Should().Match<FetchResult.Failed>(f => f.Reason == "RewindRefused" && f.Message.Contains("damaged"));
        await Repository.GitAsync("reset", "-q", "--hard", first);
        (await FailedAsync(Verifying(alice), known: second)).Message.Should().Contain("does not descend");
        (await AcceptingRewindAsync(Verifying(alice))).Artifact.Id.Should().Be(first);
    }

    [Fact]
    public async Task A_device_that_was_updated_starts_from_the_commit_it_has_stored()
    {
        var alice = await SignerAsync("ssh", "alice");
        var first = await CommitAsync(alice, "1");
        var second = await CommitAsync(alice, "2");
        await Repository.GitAsync("reset", "-q", "--hard", first);

        (await FailedAsync(Verifying(alice), known: second)).Reason.Should().Be("RewindRefused");
    }

    [Fact]
    public async Task A_device_that_has_lost_all_records_of_the_source_starts_from_its_revision()
    {
        var alice = await SignerAsync("ssh", "alice");
        var first = await CommitAsync(alice, "1");
        var second = await CommitAsync(alice, "2");
        await Repository.GitAsync("reset", "-q", "--hard", first);

        (await Verifying(alice).FetchAsync(new(Known: null, Previous: second), Deadline)).Should().BeOfType<FetchResult.Failed>().Which.Reason.Should().Be("RewindRefused");
    }

    [Fact]
    public async Task What_is_lost_bit_by_bit_is_not_forgotten()
    {
        var alice = await SignerAsync("ssh", "alice");
        var first = await CommitAsync(alice, "1");
        var second = await CommitAsync(alice, "2");
        await Repository.GitAsync("reset", "-q", "--hard", first);

        // First all that was kept of the source; then, while the server only has what is refused, the revision too.
        await Verifying(alice).FetchAsync(new(Known: null, Previous: second), Deadline);

        (await FailedAsync(Verifying(alice))).Reason.Should().Be("RewindRefused");
    }

    [Fact]
    public async Task An_operator_can_accept_a_rewind_once()
    {
        var alice = await SignerAsync("ssh", "alice");
        var first = await CommitAsync(alice, "1");
        var second = await CommitAsync(alice, "2");
        var source = Verifying(alice);
        await DeliveredAsync(source);
        await Repository.GitAsync("reset", "-q", "--hard", first);
        await FailedAsync(source, known: second);

        var accepted = await AcceptingRewindAsync(source, known: second);
        accepted.Artifact.Id.Should().Be(first);
        accepted.Rewind.Should().Contain(second[..7]).And.Contain(first[..7]);

        await Repository.GitAsync("checkout", "-q", "--orphan", "other");
        await CommitAsync(alice, "3");
        await Repository.GitAsync("branch", "-q", "-M", "other", "main");
        (await FailedAsync(source, known: first)).Reason.Should().Be("RewindRefused");
    }

    [Fact]
    public async Task Accepting_a_rewind_does_not_accept_what_is_not_signed()
    {
        var alice = await SignerAsync("ssh", "alice");
        await CommitAsync(alice, "1");
        var source = Verifying(alice);
        await DeliveredAsync(source);
        await Repository.CommitAsync(("a.yaml", "unsigned"));

        (await source.FetchAsync(new(null, AllowRewind: true), Deadline)).Should().BeOfType<FetchResult.Failed>().Which.Reason.Should().Be("Unverified");
    }

    [Fact]
    public async Task A_source_that_allows_rewinds_goes_wherever_signed_commits_lead()
    {
        var alice = await SignerAsync("ssh", "alice");
        var first = await CommitAsync(alice, "1");
        await CommitAsync(alice, "2");
        var source = Verifying(alice, change: v => v with { AllowRewind = true });
        await DeliveredAsync(source);

        await Repository.GitAsync("reset", "-q", "--hard", first);

        (await DeliveredAsync(source)).Id.Should().Be(first);
    }

    [Fact]
    public async Task Another_branch_in_the_configuration_is_the_operators_own_choice()
    {
        var alice = await SignerAsync("ssh", "alice");
        var first = await CommitAsync(alice, "1");
        await Repository.GitAsync("branch", "-q", "stable");
        await CommitAsync(alice, "2");
        await DeliveredAsync(Verifying(alice));

        (await DeliveredAsync(Verifying(alice, new GitRef.Branch("stable")))).Id.Should().Be(first);
    }

    [Fact]
    public async Task A_tag_that_is_moved_to_an_older_commit_is_refused()
    {
        var alice = await SignerAsync("ssh", "alice");
        var first = await CommitAsync(alice, "1");
        await CommitAsync(alice, "2");
        await TagAsync(alice, "live");
        var source = Verifying(alice, new GitRef.Tag("live"));
        await DeliveredAsync(source);

        await TagAsync(alice, "live", first);

        (await FailedAsync(source)).Reason.Should().Be("RewindRefused");
    }

    [Fact]
    public async Task A_higher_version_on_an_older_commit_is_refused()
    {
        var alice = await SignerAsync("ssh", "alice");
        var first = await CommitAsync(alice, "1");
        await CommitAsync(alice, "2");
        await TagAsync(alice, "v1.1.0");
        var source = Verifying(alice, new GitRef.SemverRange("^1"));
        await DeliveredAsync(source);

        await TagAsync(alice, "v1.9.0", first);

        (await FailedAsync(source)).Reason.Should().Be("RewindRefused");
    }

    [Fact]
    public async Task A_lower_version_after_the_highest_tag_was_deleted_is_refused()
    {
        var alice = await SignerAsync("ssh", "alice");
        await CommitAsync(alice, "1");
        await TagAsync(alice, "v1.0.0");
        await CommitAsync(alice, "2");
        await TagAsync(alice, "v1.1.0");
        var source = Verifying(alice, new GitRef.SemverRange("^1"));
        await DeliveredAsync(source);

        await Repository.GitAsync("tag", "-d", "v1.1.0");

        (await FailedAsync(source)).Reason.Should().Be("RewindRefused");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Servers_with_and_without_filters_and_a_shallow_origin_are_judged_alike(bool filters)
    {
        var alice = await SignerAsync("ssh", "alice");
        await Repository.GitAsync("config", "uploadpack.allowFilter", filters ? "true" : "false");
        var root = await CommitAsync(alice, "0");
        for (var number = 1; number < 12; number++)
            await CommitAsync(alice, $"{number}");
        var source = Verifying(alice);
        await DeliveredAsync(source);

        for (var number = 12; number < 24; number++)
            await CommitAsync(alice, $"{number}");
        Texts(await DeliveredAsync(source)).Should().Equal(("a.yaml", "23"));
        await Repository.GitAsync("reset", "-q", "--hard", root);
        (await FailedAsync(source)).Reason.Should().Be("RewindRefused");
        await Repository.GitAsync("reset", "-q", "--hard", "ORIG_HEAD");
        Texts(await DeliveredAsync(source)).Should().Equal(("a.yaml", "23"));
        await LocalGitAsync("fsck", "--connectivity-only");
    }

    [Fact]
    public async Task A_refused_commit_is_not_fetched_again_by_the_next_poll()
    {
        var alice = await SignerAsync("ssh", "alice");
        var first = await CommitAsync(alice, "1");
        await CommitAsync(alice, "2");
        await using var server = await HttpGitServer.StartAsync(Repository.Path);
        var signed = new GitVerification.Signed(alice.PublicKeyFile, null);
        var source = Source(c => c with { Url = server.Url + "/.git", Verify = signed });
        await DeliveredAsync(source);
        await Repository.GitAsync("reset", "-q", "--hard", first);
        await FailedAsync(source);
        var fetches = server.Fetches;

        (await FailedAsync(source)).Reason.Should().Be("RewindRefused");

        server.Fetches.Should().Be(fetches);
    }
}
