using EdgeOperator.Core.Manifests;

namespace EdgeOperator.Git.Tests;

public sealed class RemoteRefTests
{
    private static readonly string One = new('1', 40);
    private static readonly string Two = new('2', 40);
    private static readonly string Three = new('3', 40);

    [Fact]
    public void Only_the_branch_of_exactly_that_name_is_taken()
    {
        var printed = $"{One}\trefs/heads/x/refs/heads/main\n{Two}\trefs/heads/main\n";

        Find(new GitRef.Branch("main"), printed).Commit.Should().Be(Two);
    }

    [Fact]
    public void An_annotated_tag_stands_for_the_commit_behind_it()
    {
        var found = Find(new GitRef.Tag("v1"), $"{One}\trefs/tags/v1\n{Two}\trefs/tags/v1^{{}}\n");

        found.Should().Be(new RemoteRef("refs/tags/v1", One, Two, "v1@2222222"));
        found.Tag.Should().Be("v1");
    }

    [Fact]
    public void Tags_of_one_version_at_different_commits_are_told_together()
    {
        var printed = $"{One}\trefs/tags/v1.0.0+b\n{Two}\trefs/tags/v1.0.0+a\n{One}\trefs/tags/1.0.0\n{Three}\trefs/tags/v0.9.0\n";

        var found = Find(new GitRef.SemverRange("*"), printed);

        found.Commit.Should().Be(One);
        found.Ties.Select(tie => tie.Commit).Should().Equal(Two);
    }

    [Fact]
    public void Numbers_in_build_metadata_count_as_numbers_where_nothing_else_decides() =>
        Find(new GitRef.SemverRange("*"), $"{One}\trefs/tags/6.0.0+9\n{Two}\trefs/tags/6.0.0+10\n{Three}\trefs/tags/6.0.0\n").Commit.Should().Be(Two);

    [Theory]
    [InlineData("^3", "NotFound")]
    [InlineData("newest", "Refused")]
    public void A_range_without_a_tag_or_without_sense_fails(string range, string reason) =>
        FluentActions.Invoking(() => Find(new GitRef.SemverRange(range), $"{One}\trefs/tags/v1.0.0\n"))
            .Should().Throw<FetchException>().Which.Reason.Should().Be(reason);

    [Theory]
    [InlineData("1234567")]
    [InlineData("main")]
    [InlineData("--all")]
    public void A_commit_needs_its_full_id(string id) =>
        FluentActions.Invoking(() => Find(new GitRef.Commit(id), "")).Should().Throw<FetchException>();

    [Fact]
    public void A_commit_s_id_is_read_in_either_case() =>
        Find(new GitRef.Commit(new string('A', 40)), "").Commit.Should().Be(new string('a', 40));

    [Fact]
    public void What_a_server_should_not_say_is_not_believed() =>
        FluentActions.Invoking(() => Find(new GitRef.Branch("main"), "warning: hello\n--evil\trefs/heads/main\n"))
            .Should().Throw<FetchException>().Which.Reason.Should().Be("NotFound");

    private static RemoteRef Find(GitRef wanted, string printed) => RemoteRef.Find(wanted, RemoteRef.Parse(printed));
}
