using EdgeOperator.Agent.Sources;
using EdgeOperator.Core.Manifests;

namespace EdgeOperator.IntegrationTests.Sources;

public sealed class GitTagTrustTests : SignedSourceTest
{
    [Theory]
    [InlineData("ssh", TagVerification.Tag)]
    [InlineData("gpg", TagVerification.Tag)]
    [InlineData("ssh", TagVerification.TagAndHead)]
    [InlineData("gpg", TagVerification.TagAndHead)]
    public async Task An_unsigned_tag_on_an_old_signed_commit_does_not_win_a_range(string kind, TagVerification tags)
    {
        var alice = await SignerAsync(kind, "alice");
        var old = await CommitAsync(alice, "1");
        await CommitAsync(alice, "2");
        await TagAsync(alice, "v1.0.0");
        var source = Verifying(alice, new GitRef.SemverRange("^1"), v => v with { Tags = tags, AllowRewind = true });
        await DeliveredAsync(source);

        await TagAsync(null, "v1.9.0", old);
        (await FailedAsync(source)).Should().Match<FetchResult.Failed>(f => f.Reason == "Unverified" && f.Message.Contains("v1.9.0"));
        await Repository.GitAsync("tag", "-d", "v1.9.0");
        await Repository.GitAsync("tag", "v1.9.1", old);
        (await FailedAsync(source)).Should().Match<FetchResult.Failed>(f => f.Reason == "Unverified" && f.Message.Contains("lightweight"));
    }

    [Theory]
    [InlineData(TagVerification.Tag, false, true)]
    [InlineData(TagVerification.Tag, true, true)]
    [InlineData(TagVerification.TagAndHead, false, false)]
    [InlineData(TagVerification.TagAndHead, true, true)]
    [InlineData(TagVerification.Head, false, false)]
    [InlineData(TagVerification.Head, true, true)]
    public async Task Of_a_signed_tag_the_commit_is_signed_too_where_that_is_asked_for(TagVerification tags, bool isCommitSigned, bool isAccepted)
    {
        var alice = await SignerAsync("ssh", "alice");
        if (isCommitSigned)
            await CommitAsync(alice, "1");
        else
            await Repository.CommitAsync(("a.yaml", "1"));
        await TagAsync(alice, "v1.0.0");

        var result = await Verifying(alice, new GitRef.Tag("v1.0.0"), v => v with { Tags = tags }).FetchAsync(new(null), Deadline);

        (result is FetchResult.Fetched).Should().Be(isAccepted);
        if (!isAccepted)
            result.Should().BeOfType<FetchResult.Failed>().Which.Reason.Should().Be("Unverified");
    }

    [Theory]
    [InlineData("annotated")]
    [InlineData("lightweight")]
    public async Task Where_only_the_commit_counts_any_tag_on_a_signed_commit_will_do(string kind)
    {
        var alice = await SignerAsync("ssh", "alice");
        var commit = await CommitAsync(alice, "1");
        if (kind == "annotated")
            await TagAsync(null, "v1.0.0");
        else
            await Repository.GitAsync("tag", "v1.0.0");

        (await DeliveredAsync(Verifying(alice, new GitRef.Tag("v1.0.0"), v => v with { Tags = TagVerification.Head }))).Id.Should().Be(commit);
    }

    [Fact]
    public async Task A_tag_that_is_replaced_by_a_strangers_is_refused()
    {
        var (alice, mallory) = (await SignerAsync("ssh", "alice"), await SignerAsync("ssh", "mallory"));
        await CommitAsync(alice, "1");
        await TagAsync(alice, "v1.0.0");
        var source = Verifying(alice, new GitRef.Tag("v1.0.0"));
        await DeliveredAsync(source);

        await CommitAsync(mallory, "2");
        await TagAsync(mallory, "v1.0.0");

        (await FailedAsync(source)).Should().Match<FetchResult.Failed>(f => f.Reason == "Unverified" && f.Message.Contains("not allowed"));
    }

    [Fact]
    public async Task A_tag_of_a_signed_tag_is_not_the_commits_own()
    {
        var (alice, mallory) = (await SignerAsync("ssh", "alice"), await SignerAsync("ssh", "mallory"));
        await CommitAsync(alice, "1");
        await TagAsync(alice, "v1.0.0");
        await TagAsync(mallory, "v1.9.0", "v1.0.0");

        (await FailedAsync(Verifying(alice, new GitRef.SemverRange("^1")))).Reason.Should().Be("Unverified");
    }

    [Fact]
    public async Task A_branch_with_the_name_of_a_tag_is_judged_by_its_commit()
    {
        var alice = await SignerAsync("ssh", "alice");
        await Repository.CommitAsync(("a.yaml", "1"));
        await TagAsync(alice, "v1");
        await Repository.GitAsync("branch", "v1");

        (await FailedAsync(Verifying(alice, new GitRef.Branch("v1")))).Should().Match<FetchResult.Failed>(f => f.Reason == "Unverified" && f.Message.Contains("is not signed"));
    }
}
