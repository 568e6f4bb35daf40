using EdgeOperator.Agent.Sources;
using EdgeOperator.Testing;

namespace EdgeOperator.IntegrationTests.Sources;

public sealed class GitHttpsTests : GitSourceTest
{
    private const string Token = "s3cr3t-t0k3n";

    private readonly TempFolder _files = new();
    private readonly TestAuthority _authority = new();
    private HttpGitServer _server = null!;
    private string _commit = null!;

    private string CaFile => _files.Write("ca.pem", _authority.Pem);

    private string TokenFile => _files.Write("token", Token + "\n");

    private string Url => _server.Url + "/.git";

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        _commit = await Repository.CommitAsync(("a.yaml", "a"));
        _server = await HttpGitServer.StartAsync(Repository.Path, _authority.Server);
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
    public async Task A_server_with_a_certificate_by_the_CA_file_is_fetched_from()
    {
        (await DeliveredAsync(Source(c => c with { Url = Url, CaFile = CaFile }))).Id.Should().Be(_commit);
        _server.Url.Should().StartWith("https://");
    }

    [Fact]
    public async Task A_server_that_no_authority_vouches_for_is_not_trusted() =>
        (await FailedAsync(Source(c => c with { Url = Url }))).Should()
            .Match<FetchResult.Failed>(f => f.Reason == "AuthenticationFailed" && f.Message.Contains("certificate is not trusted"));

    [Fact]
    public async Task The_token_in_the_file_opens_the_door()
    {
        _server.Authorization = HttpGitServer.Basic("git", Token);

        (await DeliveredAsync(Source(c => c with { Url = Url, CaFile = CaFile, TokenFile = TokenFile }))).Id.Should().Be(_commit);
    }

    [Fact]
    public async Task A_login_in_the_address_opens_the_door_and_is_shown_nowhere()
    {
        _server.Authorization = HttpGitServer.Basic("me", Token);
        var source = Source(c => c with { Url = Url.Replace("://", $"://me:{Token}@"), CaFile = CaFile });

        (await DeliveredAsync(source)).Id.Should().Be(_commit);

        source.Description.Location.Should().Be(Url);
        Directory.EnumerateFiles(SourceFolder, "*", SearchOption.AllDirectories)
            .Where(f => File.ReadAllText(f).Contains(Token, StringComparison.Ordinal)).Should().BeEmpty();
    }

    [Fact]
    public async Task A_wrong_or_missing_token_fails_and_is_not_repeated()
    {
        _server.Authorization = HttpGitServer.Basic("git", "another");

        var wrong = await FailedAsync(Source(c => c with { Url = Url, CaFile = CaFile, TokenFile = TokenFile }));
        var missing = await FailedAsync(Source(c => c with { Url = Url, CaFile = CaFile }));

        wrong.Reason.Should().Be("AuthenticationFailed");
        wrong.Message.Should().StartWith("the server refused the configured login");
        missing.Message.Should().StartWith("the server asks for a login, and none is configured");
        wrong.Message.Should().NotContain(Token).And.NotContain(Convert.ToBase64String("git:s3cr3t"u8));
        missing.Reason.Should().Be("AuthenticationFailed");
    }

    [Fact]
    public async Task A_token_that_was_replaced_is_used_by_the_next_fetch()
    {
        _server.Authorization = HttpGitServer.Basic("git", "fresh");
        var source = Source(c => c with { Url = Url, CaFile = CaFile, TokenFile = TokenFile });
        (await FailedAsync(source)).Reason.Should().Be("AuthenticationFailed");

        _files.Write("token", "fresh");

        (await DeliveredAsync(source)).Id.Should().Be(_commit);
    }

    [Theory]
    [InlineData("")]
    [InlineData("two\nlines")]
    public async Task A_token_file_that_holds_no_token_is_said_to(string content)
    {
        var file = _files.Write("bad-token", content);

        (await FailedAsync(Source(c => c with { Url = Url, CaFile = CaFile, TokenFile = file }))).Message.Should().Contain(file);
        _server.Seen.Should().BeEmpty();
    }

    [Fact]
    public async Task A_token_does_not_follow_a_redirect_to_another_server()
    {
        await using var other = await HttpGitServer.StartAsync(Repository.Path, _authority.Server);
        _server.RedirectTo = other.Url;

        var failed = await FailedAsync(Source(c => c with { Url = Url, CaFile = CaFile, TokenFile = TokenFile }));

        failed.Should().Match<FetchResult.Failed>(f => f.Reason == "Refused" && f.Message.Contains("redirects"));
        other.Seen.Should().BeEmpty();
    }

    [Fact]
    public async Task Without_a_login_a_redirect_is_followed()
    {
        await using var other = await HttpGitServer.StartAsync(Repository.Path, _authority.Server);
        _server.RedirectTo = other.Url;

        (await DeliveredAsync(Source(c => c with { Url = Url, CaFile = CaFile }))).Id.Should().Be(_commit);
    }

    [Fact]
    public async Task A_token_is_not_sent_in_clear()
    {
        await using var plain = await HttpGitServer.StartAsync(Repository.Path);

        (await FailedAsync(Source(c => c with { Url = plain.Url + "/.git", TokenFile = TokenFile }))).Reason.Should().Be("Refused");

        plain.Seen.Should().BeEmpty();
    }

    [Fact]
    public async Task Everything_goes_through_the_proxy_when_one_is_given()
    {
        // One that refuses every connection proves that nothing goes past it.
        await using var proxy = new CuttableProxy(new Uri(_server.Url).Authority);
        proxy.Cut();

        (await FailedAsync(Source(c => c with { Url = Url, CaFile = CaFile, Proxy = $"http://{proxy.Address}" }))).Reason.Should().Be("Unreachable");
        _server.Seen.Should().BeEmpty();
    }

    [Fact]
    public async Task A_repository_that_the_server_does_not_have_is_not_found() =>
        (await FailedAsync(Source(c => c with { Url = _server.Url + "/nowhere.git", CaFile = CaFile }))).Reason.Should().Be("NotFound");
}
