using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace EdgeOperator.Hub.Tests.Repositories;

/// <summary>Git servers tell the hub that something was pushed.</summary>
public sealed class WebhookTests : IAsyncLifetime
{
    private const string Secret = "between you and me";
    private const string Body = """{"ref":"refs/heads/main"}""";

    private HubWithRepository _hub = null!;

    public async Task InitializeAsync()
    {
        _hub = await HubWithRepository.StartAsync();
        var secret = _hub.Write("webhook", Secret + "\n");
        await _hub.Git.CommitAsync(HubWithRepository.FleetFile("till"), HubWithRepository.Content("till", "one"));
        await _hub.FollowAsync($", webhook: {{secretFile: {secret}}}", interval: "1d");
        await _hub.RepositoryAsync("True", "Synced");
    }

    public async Task DisposeAsync() => await _hub.DisposeAsync();

    [Theory]
    [InlineData("X-Hub-Signature-256", "sha256=")]
    [InlineData("X-Gitea-Signature", "")]
    [InlineData("X-Forgejo-Signature", "")]
    [InlineData("X-Signature", "sha256=")]
    public async Task A_push_that_its_server_has_signed_is_seen_at_once(string header, string prefix)
    {
        var commit = await _hub.Git.CommitAsync(HubWithRepository.FleetFile("till"), HubWithRepository.Content("till", header));

        (await CallAsync("shop", header, prefix + Signature(Secret))).Should().Be(HttpStatusCode.NoContent);
        await _hub.SyncedAsync(commit);
    }

    [Fact]
    public async Task A_push_with_the_secret_of_gitlab_is_seen_at_once()
    {
        var commit = await _hub.Git.CommitAsync(HubWithRepository.FleetFile("till"), HubWithRepository.Content("till", "gitlab"));

        (await CallAsync("shop", "X-Gitlab-Token", Secret)).Should().Be(HttpStatusCode.NoContent);
        await _hub.SyncedAsync(commit);
    }

    [Theory]
    [InlineData("shop", "X-Hub-Signature-256", "sha256=00")]
    [InlineData("shop", "X-Hub-Signature-256", "sha256=no hex")]
    [InlineData("shop", "X-Gitlab-Token", "between you and them")]
    [InlineData("shop", "X-Nothing", "")]
    [InlineData("elsewhere", "X-Gitlab-Token", Secret)]
    public async Task Who_does_not_know_the_secret_is_told_nothing_and_has_nothing_fetched(string repository, string header, string value)
    {
        var tried = (string?)(await _hub.RepositoryAsync())["tried"];

        (await CallAsync(repository, header, value)).Should().Be(HttpStatusCode.Unauthorized);
        (await CallAsync(repository, "X-Hub-Signature-256", "sha256=" + Signature("another secret"))).Should().Be(HttpStatusCode.Unauthorized);
        (await _hub.Hub.CallAsync("GET", "api/v1/events/latest?limit=100")).Body!.ToJsonString().Should().NotContain("its server says");
        ((string?)(await _hub.RepositoryAsync())["tried"]).Should().Be(tried);
    }

    [Theory]
    [InlineData("shop")]
    [InlineData("elsewhere")]
    public async Task A_call_that_is_too_large_is_refused_before_it_is_sent_whether_there_is_such_a_repository_or_not(string repository)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri($"https://{_hub.Hub.Host}/api/v1/webhooks/{repository}")) { Content = new ByteArrayContent(new byte[26 * 1024 * 1024]) };
        request.Headers.ExpectContinue = true;

        using var answer = await _hub.Hub.Client.SendAsync(request);

        answer.StatusCode.Should().Be(HttpStatusCode.RequestEntityTooLarge);
        (await answer.Content.ReadAsStringAsync()).Should().Contain("too large");
        _hub.Hub.Log.Should().NotContain(" error ");
    }

    [Fact]
    public async Task A_signature_of_another_body_is_worth_nothing() =>
        (await CallAsync("shop", "X-Hub-Signature-256", "sha256=" + Signature(Secret), Body + " ")).Should().Be(HttpStatusCode.Unauthorized);

    private async Task<HttpStatusCode> CallAsync(string repository, string header, string value, string body = Body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri($"https://{_hub.Hub.Host}/api/v1/webhooks/{repository}"));
        request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        request.Headers.TryAddWithoutValidation(header, value);
        using var answer = await _hub.Hub.Client.SendAsync(request);
        return answer.StatusCode;
    }

    private static string Signature(string secret) => Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(Body)));
}
