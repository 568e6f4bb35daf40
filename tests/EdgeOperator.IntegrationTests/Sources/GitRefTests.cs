using EdgeOperator.Agent.Sources;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Testing;

namespace EdgeOperator.IntegrationTests.Sources;

public sealed class GitRefTests : GitSourceTest
{
    [Fact]
    public async Task A_branch_delivers_its_commit_s_files()
    {
        var commit = await Repository.CommitAsync(("a.yaml", "a"), ("sites/b.yaml", "b"));

        var artifact = await DeliveredAsync(Source());

        artifact.Id.Should().Be(commit);
        artifact.Display.Should().Be($"main@{commit[..7]}");
        Texts(artifact).Should().Equal(("a.yaml", "a"), ("sites/b.yaml", "b"));
    }

    [Fact]
    public async Task A_branch_that_has_not_moved_delivers_nothing_and_fetches_nothing()
    {
        var commit = await Repository.CommitAsync(("a.yaml", "a"));

        (await Source().FetchAsync(new(commit), Deadline)).Should().BeOfType<FetchResult.Unchanged>();

        Directory.Exists(LocalRepository).Should().BeFalse();
    }

    [Fact]
    public async Task A_new_commit_is_delivered()
    {
        var source = Source();
        var first = await Repository.CommitAsync(("a.yaml", "1"));
        await DeliveredAsync(source);
        var second = await Repository.CommitAsync(("a.yaml", "2"));

        var artifact = await DeliveredAsync(source, first);

        artifact.Id.Should().Be(second);
        Texts(artifact).Should().Equal(("a.yaml", "2"));
    }

    [Fact]
    public async Task A_force_push_is_followed()
    {
        var source = Source();
        await Repository.CommitAsync(("a.yaml", "1"));
        var second = await Repository.CommitAsync(("a.yaml", "2"));
        await DeliveredAsync(source);
        await Repository.GitAsync("reset", "-q", "--hard", "HEAD~1");
        var other = await Repository.CommitAsync(("a.yaml", "3"));

        var artifact = await DeliveredAsync(source, second);

        artifact.Id.Should().Be(other);
        Texts(artifact).Should().Equal(("a.yaml", "3"));
    }

    [Fact]
    public async Task A_light_tag_delivers_what_it_names()
    {
        var commit = await Repository.CommitAsync(("a.yaml", "1"));
        await Repository.GitAsync("tag", "stable");
        await Repository.CommitAsync(("a.yaml", "2"));

        (await DeliveredAsync(Source(c => c with { Ref = new GitRef.Tag("stable") }))).Id.Should().Be(commit);
    }

    [Fact]
    public async Task An_annotated_tag_delivers_the_commit_behind_it()
    {
        var commit = await Repository.CommitAsync(("a.yaml", "1"));
        await Repository.GitAsync("tag", "-a", "-m", "stable", "stable");
        var source = Source(c => c with { Ref = new GitRef.Tag("stable") });

        (await DeliveredAsync(source)).Display.Should().Be($"stable@{commit[..7]}");
        (await source.FetchAsync(new(commit), Deadline)).Should().BeOfType<FetchResult.Unchanged>();
    }

    [Fact]
    public async Task A_semver_range_delivers_the_highest_tag_in_it()
    {
        foreach (var tag in (string[])["v1.2.0", "v1.10.0", "v1.9.0", "v1.11.0-rc.1", "v2.0.0", "latest"])
        {
            await Repository.CommitAsync(("a.yaml", tag));
            await Repository.GitAsync("tag", "-a", "-m", tag, tag);
        }

        var artifact = await DeliveredAsync(Source(c => c with { Ref = new GitRef.SemverRange("^1.2") }));

        artifact.Display.Should().StartWith("v1.10.0@");
        Texts(artifact).Should().Equal(("a.yaml", "v1.10.0"));
    }

    [Theory]
    [InlineData("6.0.0+9", "6.0.0+10", "")]
    [InlineData("6.0.0+10", "6.0.0+9", "site")]
    [InlineData("v6.0.0", "6.0.0", "")]
    [InlineData("6.0.0+b", "6.0.0+a", "site")]
    public async Task Of_tags_of_one_version_the_newer_commit_is_delivered_and_said_to_be(string older, string newer, string path)
    {
        foreach (var (tag, time) in ((string, string)[])[(older, "2026-01-01T00:00:00Z"), (newer, "2026-01-02T00:00:00Z")])
        {
            await Repository.CommitAsync(("site/a.yaml", tag));
            await Shell.RunAsync("env", $"GIT_COMMITTER_DATE={time}", "git", "-C", Repository.Path, "commit", "-q", "--amend", "--no-edit");
            await Repository.GitAsync("tag", "-a", "-m", tag, tag);
        }

        var source = Source(c => c with { Ref = new GitRef.SemverRange("*"), Path = path });
        var artifact = await DeliveredAsync(source);

        Texts(artifact).Should().ContainSingle().Which.Content.Should().Be(newer);
        artifact.Display.Should().StartWith($"{newer}@").And.EndWith($", newer than {older} of the same version");
        (await source.FetchAsync(new(artifact.Id), Deadline)).Should().BeOfType<FetchResult.Unchanged>();
        (await Source(c => c with { Ref = new GitRef.SemverRange("*"), Path = path }).FetchAsync(new(artifact.Id), Deadline)).Should().BeOfType<FetchResult.Unchanged>();
    }

    [Fact]
    public async Task A_commit_is_delivered_although_no_ref_names_it()
    {
        var first = await Repository.CommitAsync(("a.yaml", "1"));
        await Repository.CommitAsync(("a.yaml", "2"));
        var source = Source(c => c with { Ref = new GitRef.Commit(first) });

        Texts(await DeliveredAsync(source)).Should().Equal(("a.yaml", "1"));
        (await source.FetchAsync(new(first), Deadline)).Should().BeOfType<FetchResult.Unchanged>();
    }

    [Fact]
    public async Task A_repository_with_sha256_ids_is_read()
    {
        var longer = Path.Combine(Repository.Path, "longer");
        await Repository.GitAsync("init", "-q", "-b", "main", "--object-format=sha256", longer);
        await Repository.GitAsync("-C", longer, "-c", "user.name=n", "-c", "user.email=e@x", "commit", "-q", "--allow-empty", "-m", "x");

        (await DeliveredAsync(Source(c => c with { Url = longer }))).Id.Should().HaveLength(64);
    }

    [Theory]
    [InlineData("nowhere", "there is no branch nowhere")]
    [InlineData("--upload-pack=touch /tmp/pwned", "begins with a dash")]
    [InlineData("a b", "has a character that no ref may have")]
    public async Task A_branch_that_can_t_be_is_a_failure_that_says_so(string branch, string message)
    {
        await Repository.CommitAsync(("a.yaml", "1"));

        (await FailedAsync(Source(c => c with { Ref = new GitRef.Branch(branch) }))).Message.Should().Contain(message);
    }

    [Fact]
    public async Task A_repository_that_is_not_there_is_not_found()
    {
        (await FailedAsync(Source(c => c with { Url = "file:///nowhere/at/all" }))).Reason.Should().Be("NotFound");
    }
}
