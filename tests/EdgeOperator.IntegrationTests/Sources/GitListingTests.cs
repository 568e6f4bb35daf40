using System.Text;
using EdgeOperator.Agent.Sources;
using EdgeOperator.Agent.Sources.Git;
using EdgeOperator.Agent.Sources.Git.Protocol;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Git;
using EdgeOperator.Testing;
using Microsoft.AspNetCore.Http;

namespace EdgeOperator.IntegrationTests.Sources;

/// <summary>Asking for refs without the git program, and what git does where that does not work.</summary>
public sealed class GitListingTests : GitSourceTest
{
    private readonly TempFolder _files = new();
    private readonly TestAuthority _authority = new();
    private HttpGitServer _server = null!;
    private string _commit = null!;

    private string Url => _server.Url + "/.git";

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        _commit = await Repository.CommitAsync(("a.yaml", "a"));
        _server = await HttpGitServer.StartAsync(Repository.Path);
    }

    public override async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        await base.DisposeAsync();
    }

    public override void Dispose()
    {
        _authority.Dispose();
        _files.Dispose();
        base.Dispose();
    }

    [Fact]
    public async Task A_poll_asks_once_and_runs_no_program()
    {
        var source = Source(c => c with { Url = Url });
        await UnchangedAsync(source);
        await UnchangedAsync(source);
        await UnchangedAsync(source);

        _server.Requests.Select(request => (request.Method, request.Path)).Should().Equal(
            ("GET", "/.git/info/refs"), ("POST", "/.git/git-upload-pack"), ("POST", "/.git/git-upload-pack"), ("POST", "/.git/git-upload-pack"));
        IsGit.Should().BeFalse();
    }

    [Theory]
    [InlineData("sha1")]
    [InlineData("sha256")]
    public async Task Every_kind_of_ref_is_the_one_that_git_lists(string format)
    {
        var folder = Path.Combine(Repository.Path, format);
        await GitAsync("init", "-q", "-b", "main", $"--object-format={format}", folder);
        foreach (var tag in (string[])["v1.0.0", "v1.2.0", "v1.10.0", "v2.0.0-rc.1", "6.0.0+9", "6.0.0+10", "group/v1", "v1", "ünï", "latest"])
        {
            await GitAsync("-C", folder, "commit", "-q", "--allow-empty", "-m", tag);
            await GitAsync(["-C", folder, "tag", .. tag.Length % 2 == 0 ? (string[])["-a", "-m", tag] : [], tag]);
        }

        await GitAsync("-C", folder, "tag", "-a", "-m", "of a tag", "twice", "v1.10.0");
        foreach (var branch in (string[])["main-2", "x/refs/heads/main", "site/a"])
            await GitAsync("-C", folder, "branch", branch, "HEAD~3");
        await GitAsync("-C", folder, "pack-refs", "--all");
        await GitAsync("-C", folder, "commit", "-q", "--allow-empty", "-m", "last");

        GitRef[] refs =
        [
            .. ((string[])["main", "main-2", "x/refs/heads/main", "site/a", "mai", "nowhere"]).Select(name => new GitRef.Branch(name)),
            .. ((string[])["v1", "v1.2.0", "group/v1", "twice", "latest", "ünï", "v"]).Select(name => new GitRef.Tag(name)),
            .. ((string[])["*", "^1", "<1.10.0", ">=2.0.0-0 <3", "6.x", "9.x"]).Select(range => new GitRef.SemverRange(range)),
        ];
        var url = $"{_server.Url}/{format}/.git";
        var client = Client(url);
        foreach (var wanted in refs)
        {
            var printed = await Shell.RunAsync("git", ["ls-remote", "--quiet", "--", url, .. RemoteRef.Patterns(wanted)]);
            Found(wanted, await client.ListAsync(RemoteRef.Prefixes(wanted), Deadline)).Should().Be(Found(wanted, RemoteRef.Parse(printed)), $"{wanted}");
        }

        (await client.ListAsync([], Deadline)).Should().Equal(RemoteRef.Parse(await Shell.RunAsync("git", "ls-remote", "--", url)));
        (await client.ListAsync(["HEAD"], Deadline)).Should().ContainKey("HEAD").WhoseValue.Should().Be(RemoteRef.Parse(await Shell.RunAsync("git", "ls-remote", "--", url, "HEAD"))["HEAD"]);
    }

    [Fact]
    public async Task A_repository_without_a_commit_has_no_branch()
    {
        var folder = Path.Combine(Repository.Path, "empty");
        await GitAsync("init", "-q", "-b", "main", folder);

        (await FailedAsync(Source(c => c with { Url = $"{_server.Url}/empty/.git" }))).Message.Should().Be("there is no branch main");
        IsGit.Should().BeFalse();
    }

    [Fact]
    public async Task A_server_of_an_older_protocol_is_asked_by_git_alone_for_a_while()
    {
        _server.IsOld = true;
        var source = Source(c => c with { Url = Url });
        await UnchangedAsync(source);
        await UnchangedAsync(source);
        _server.Requests.Count(request => !IsOfGit(request.Agent)).Should().Be(1);

        _server.IsOld = false;
        Clock.Elapsed = TimeSpan.FromMinutes(11);
        _server.Requests.Clear();
        await UnchangedAsync(source);
        IsGit.Should().BeFalse();
    }

    [Theory]
    [InlineData(200, "text/html", "<html>sign in</html>")]
    [InlineData(200, "application/x-git-upload-pack-advertisement", "000eversion 2\n")]
    [InlineData(503, "text/plain", "later")]
    [InlineData(200, "application/x-git-upload-pack-advertisement", "000eversion 2\n0013ls-refs=unborn\n0000")]
    public async Task Git_is_used_where_the_answer_is_anything_else(int status, string type, string text)
    {
        _server.Special = async context =>
        {
            if (IsOfGit(context.Request.Headers.UserAgent.ToString()) || (context.Request.Method == "POST" && !text.Contains("ls-refs", StringComparison.Ordinal)))
                return false;

            (context.Response.StatusCode, context.Response.ContentType) = (status, type);
            await context.Response.Body.WriteAsync(Encoding.ASCII.GetBytes(text));
            return true;
        };

        await UnchangedAsync(Source(c => c with { Url = Url }));
        IsGit.Should().BeTrue();
    }

    [Fact]
    public async Task An_answer_without_end_is_given_up()
    {
        _server.Special = async context =>
        {
            if (context.Request.Method == "GET")
                return false;

            context.Response.ContentType = "application/x-git-upload-pack-result";
            var chunk = new byte[1 << 20];
            while (!context.RequestAborted.IsCancellationRequested)
            {
                try
                {
                    await context.Response.Body.WriteAsync(chunk, context.RequestAborted);
                }
                catch (OperationCanceledException)
                {
                }
            }

            return true;
        };

        (await FluentActions.Awaiting(() => Client(Url).ListAsync(["refs/heads/main"], Deadline)).Should().ThrowAsync<GitProtocolException>())
            .Which.Message.Should().Contain("more than");
    }

    [Fact]
    public async Task A_file_server_is_asked_by_git()
    {
        await GitAsync("-C", Repository.Path, "update-server-info");
        _server.Special = async context =>
        {
            var file = Repository.Path + context.Request.Path;
            context.Response.StatusCode = File.Exists(file) ? 200 : 404;
            if (File.Exists(file))
                await context.Response.SendFileAsync(file, Deadline);
            return true;
        };

        await UnchangedAsync(Source(c => c with { Url = Url }));
        IsGit.Should().BeTrue();
    }

    [Fact]
    public async Task A_redirect_on_the_same_server_is_followed_where_no_login_could_follow_it()
    {
        _server.Special = context =>
        {
            if (!context.Request.Path.StartsWithSegments("/old", out var rest))
                return Task.FromResult(false);

            context.Response.Redirect($"/.git{rest}{context.Request.QueryString}");
            return Task.FromResult(true);
        };

        await UnchangedAsync(Source(c => c with { Url = _server.Url + "/old" }));

        IsGit.Should().BeFalse();
        _server.Requests.Select(request => request.Path).Should().Equal("/old/info/refs", "/.git/info/refs", "/.git/git-upload-pack");
    }

    [Fact]
    public async Task A_redirect_without_end_is_given_up()
    {
        _server.RedirectTo = _server.Url;

        (await FluentActions.Awaiting(() => Client(Url).ListAsync(["refs/heads/main"], Deadline)).Should().ThrowAsync<GitProtocolException>())
            .Which.Message.Should().Contain("redirects too often");
    }

    [Fact]
    public async Task A_login_goes_over_https_to_a_server_of_the_source_s_own_authority()
    {
        await using var server = await HttpGitServer.StartAsync(Repository.Path, _authority.Server);
        server.Authorization = HttpGitServer.Basic("git", "t0k3n");
        var (ca, token) = (_files.Write("ca.pem", _authority.Pem), _files.Write("token", "t0k3n"));

        await UnchangedAsync(Source(c => c with { Url = server.Url + "/.git", CaFile = ca, TokenFile = token }));

        server.Requests.Should().HaveCount(2).And.OnlyContain(request => !IsOfGit(request.Agent));
    }

    private bool IsGit => _server.Requests.Any(request => IsOfGit(request.Agent));

    private static bool IsOfGit(string agent) => !agent.Contains("edgeop", StringComparison.Ordinal);

    private async Task UnchangedAsync(GitSource source) =>
        (await source.FetchAsync(new(_commit), Deadline)).Should().BeOfType<FetchResult.Unchanged>();

    private UploadPackClient Client(string url)
    {
        var configuration = new GitSourceConfiguration { Name = "main", Url = url };
        var parsed = GitUrl.Parse(url);
        return UploadPackClient.Create(configuration, parsed, new(configuration, parsed, SourceFolder), Clock)!;
    }

    // Also why there is none.
    private static string Found(GitRef wanted, IReadOnlyDictionary<string, string> refs)
    {
        try
        {
            var found = RemoteRef.Find(wanted, refs);
            return string.Join(' ', ((RemoteRef[])[found, .. found.Ties]).Select(one => $"{one.Name} {one.ObjectId} {one.Commit} {one.Display}"));
        }
        catch (FetchException e)
        {
            return $"{e.Reason} {e.Message}";
        }
    }

    private static Task<string> GitAsync(params string[] arguments) =>
        Shell.RunAsync("git", ["-c", "user.name=n", "-c", "user.email=e@x", .. arguments]);
}
