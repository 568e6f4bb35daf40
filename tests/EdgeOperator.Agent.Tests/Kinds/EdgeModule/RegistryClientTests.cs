using System.Net;
using System.Security.Cryptography;
using System.Text;
using EdgeOperator.Agent.Kinds.EdgeModule.Images.Verification;

namespace EdgeOperator.Agent.Tests.Kinds.EdgeModule;

/// <summary>Against answers as other registries give them.</summary>
public sealed class RegistryClientTests : HttpMessageHandler
{
    private readonly List<string> _asked = [];
    private readonly Dictionary<string, Func<HttpRequestMessage, HttpResponseMessage>> _answers = [];

    [Fact]
    public async Task A_token_is_got_where_the_registry_says()
    {
        _answers["https://r.example/v2/app/manifests/1"] = request => request.Headers.Authorization?.ToString() == "Bearer t0ken"
            ? Text("{}")
            : Refused("""Bearer realm="https://auth.example/token?a=b",service="r.example",scope="repository:app:pull" """);
        _answers["https://auth.example/token?service=r.example&scope=repository%3Aapp%3Apull"] = request =>
            request.Headers.Authorization?.Scheme == "Basic" ? Text("""{"token":"t0ken"}""") : new(HttpStatusCode.Unauthorized);

        (await Client(new("u", "p", null)).ManifestAsync("1", CancellationToken.None))!.Content.Length.Should().Be(2);
        _asked.Should().HaveCount(3);
    }

    [Theory]
    [InlineData("""Bearer realm="http://auth.example/token",service="s" """)]
    [InlineData("""Bearer realm="ftp://auth.example/token" """)]
    [InlineData("Bearer service=x")]
    public async Task A_password_goes_over_TLS_only(string challenge)
    {
        _answers["https://r.example/v2/app/manifests/1"] = _ => Refused(challenge);

        await Client(new("u", "p", null)).Awaiting(c => c.ManifestAsync("1", CancellationToken.None)).Should().ThrowAsync<RegistryException>().WithMessage("*no https address*");
        _asked.Should().ContainSingle();
    }

    [Fact]
    public async Task Without_a_password_there_is_no_Basic() =>
        await RefusedAsync("Basic realm=\"r\"", login: null);

    [Fact]
    public async Task A_password_that_is_refused_is_not_tried_again() =>
        await RefusedAsync("Basic realm=\"r\"", new("u", "p", null));

    [Fact]
    public async Task Content_of_another_digest_is_refused()
    {
        var digest = "sha256:" + Convert.ToHexStringLower(SHA256.HashData("right"u8));
        _answers[$"https://r.example/v2/app/blobs/{digest}"] = _ => Text("wrong");
        _answers[$"https://r.example/v2/app/manifests/{digest}"] = _ => Text("right");

        await Client().Awaiting(c => c.BlobAsync(digest, CancellationToken.None)).Should().ThrowAsync<RegistryException>().WithMessage("*other content*");
        (await Client().ManifestAsync(digest, CancellationToken.None))!.Digest.Should().Be(digest);
    }

    [Fact]
    public async Task What_is_not_there_is_null()
    {
        (await Client().ReferrersAsync("sha256:x", CancellationToken.None)).Should().BeNull();
        (await Client().ManifestAsync("1", CancellationToken.None)).Should().BeNull();
    }

    [Fact]
    public void The_parameters_of_a_challenge_are_read() =>
        AuthenticationParameters.Parse("""realm="https://a/b?c=d,e", Service=plain,scope="a \"b\"" """).Should().BeEquivalentTo(
            new Dictionary<string, string> { ["realm"] = "https://a/b?c=d,e", ["Service"] = "plain", ["scope"] = "a \"b\"" });

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var address = request.RequestUri!.AbsoluteUri;
        _asked.Add(address);
        return Task.FromResult(_answers.TryGetValue(address, out var answer) ? answer(request) : new(HttpStatusCode.NotFound));
    }

    private async Task RefusedAsync(string challenge, RegistryLogin? login)
    {
        _answers["https://r.example/v2/app/manifests/1"] = _ => Refused(challenge);

        await Client(login).Awaiting(c => c.ManifestAsync("1", CancellationToken.None)).Should().ThrowAsync<RegistryException>().WithMessage("*unauthorized*");
    }

    private RegistryClient Client(RegistryLogin? login = null) =>
        new(new HttpClient(this, disposeHandler: false), new("r.example", "app", "1", null), login);

    private static HttpResponseMessage Text(string text) => new() { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(text)) };

    private static HttpResponseMessage Refused(string challenge)
    {
        var answer = new HttpResponseMessage(HttpStatusCode.Unauthorized);
        answer.Headers.TryAddWithoutValidation("WWW-Authenticate", challenge.Trim());
        return answer;
    }
}
