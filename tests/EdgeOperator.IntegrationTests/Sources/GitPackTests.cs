using System.Security.Cryptography;
using EdgeOperator.Agent.Sources.Git;
using EdgeOperator.Agent.Sources.Git.Protocol;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Testing;

namespace EdgeOperator.IntegrationTests.Sources;

/// <summary>A commit that changes little comes in one request without the git program; whatever else does not, and is as good.</summary>
public sealed class GitPackTests : GitSourceTest
{
    private HttpGitServer _server = null!;

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        await Repository.CommitAsync(("a.yaml", "a"), ("folder/b.yaml", "b"));
        _server = await HttpGitServer.StartAsync(Repository.Path);
    }

    public override async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        await base.DisposeAsync();
    }

    [Fact]
    public async Task Commit_after_commit_comes_in_one_request_each_and_the_mirror_is_one_that_git_accepts()
    {
        var source = OverHttp();
        await DeliveredAsync(source);
        _server.Requests.Clear();

        for (var i = 0; i < 5; i++)
        {
            await Repository.CommitAsync(("a.yaml", $"a{i}"), ("folder/b.yaml", "b"), ($"new{i}.yaml", $"{i}"));
            Texts(await DeliveredAsync(source)).Should().BeEquivalentTo([("a.yaml", $"a{i}"), ("folder/b.yaml", "b"), ($"new{i}.yaml", $"{i}")]);
        }

        IsGit.Should().BeFalse();
        _server.Requests.Should().HaveCount(10).And.OnlyContain(request => request.Method == "POST");
        (await Shell.RunAsync("git", $"--git-dir={LocalRepository}", "fsck", "--strict")).Should().NotContain("missing").And.NotContain("broken");
    }

    [Fact]
    public async Task A_branch_that_goes_back_or_elsewhere_is_followed()
    {
        var source = OverHttp();
        var first = (await DeliveredAsync(source)).Id;
        await Repository.CommitAsync(("a.yaml", "second"));
        var second = (await DeliveredAsync(source)).Id;
        _server.Requests.Clear();

        await Shell.RunAsync("git", "-C", Repository.Path, "reset", "--hard", "--quiet", first);
        Texts(await DeliveredAsync(source, second)).ToDictionary()["a.yaml"].Should().Be("a");
        await Repository.CommitAsync(("a.yaml", "elsewhere"));
        Texts(await DeliveredAsync(source, first)).ToDictionary()["a.yaml"].Should().Be("elsewhere");
    }

    [Fact]
    public async Task A_tag_that_is_moved_is_followed()
    {
        await Shell.RunAsync("git", "-C", Repository.Path, "tag", "-a", "-m", "one", "v1");
        var source = OverHttp(c => c with { Ref = new GitRef.Tag("v1") });
        await DeliveredAsync(source);

        await Repository.CommitAsync(("a.yaml", "moved"));
        await Shell.RunAsync("git", "-C", Repository.Path, "tag", "-f", "-a", "-m", "two", "v1");

        Texts(await DeliveredAsync(source)).ToDictionary()["a.yaml"].Should().Be("moved");
    }

    [Fact]
    public async Task A_commit_with_much_that_is_new_is_left_to_git()
    {
        var source = OverHttp();
        await DeliveredAsync(source);
        _server.Requests.Clear();

        var large = Convert.ToHexString(RandomNumberGenerator.GetBytes(700 * 1024));
        await Repository.CommitAsync(("large.yaml", large));

        Texts(await DeliveredAsync(source)).ToDictionary()["large.yaml"].Should().Be(large);
        IsGit.Should().BeTrue();
    }

    [Theory]
    [InlineData("PACK of nobody")]
    [InlineData("")]
    public async Task A_server_that_sends_nonsense_for_a_pack_is_asked_by_git(string pack)
    {
        var source = OverHttp();
        await DeliveredAsync(source);
        await Repository.CommitAsync(("a.yaml", "again"));
        var isSpoilt = false;
        _server.Special = async context =>
        {
            if (context.Request.Method != "POST" || !$"{context.Request.Headers.UserAgent}".Contains("edgeop", StringComparison.Ordinal)
                || context.Request.ContentLength is not > 150)
                return false;
            isSpoilt = true;
            context.Response.ContentType = "application/x-git-upload-pack-result";
            await context.Response.Body.WriteAsync(PktLine.Write(
            [
                PktLine.Of("packfile\n"),
                PktLine.Of($"\u0001{pack}"),
                PktLine.Flush,
            ]));
            return true;
        };

        Texts(await DeliveredAsync(source)).ToDictionary()["a.yaml"].Should().Be("again");
        isSpoilt.Should().BeTrue();
        IsGit.Should().BeTrue();
    }

    private bool IsGit => _server.Requests.Any(request => !request.Agent.Contains("edgeop", StringComparison.Ordinal));

    private GitSource OverHttp(Func<GitSourceConfiguration, GitSourceConfiguration>? change = null) =>
        Source(c => (change ?? (same => same))(c) with { Url = _server.Url + "/.git" });
}
