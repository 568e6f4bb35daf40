using System.Net;
using EdgeOperator.Testing;

namespace EdgeOperator.Functions.Tests.Isolated;

/// <summary>Microsoft's .NET isolated worker with its ASP.NET Core integration: it gets requests by HTTP itself.</summary>
public sealed class WebFunctionTests(WebHost app) : IClassFixture<WebHost>
{
    [Fact]
    public async Task A_request_goes_to_the_worker_as_it_came_with_what_it_binds_to()
    {
        using var response = await app.Client.PostAsync("api/web/hello/7?name=Z", new StringContent("grüße"));

        response.StatusCode.Should().Be(HttpStatusCode.Accepted);
        response.Headers.GetValues("x-id").Should().Equal("7");
        response.Headers.GetValues("x-length").Should().Equal("5");
        (await response.Content.ReadAsStringAsync()).Should().Be("Hello, Z.");
    }

    [Fact]
    public async Task An_answer_without_a_body_is_passed_on()
    {
        using var response = await app.Client.GetAsync("api/web/nothing");

        response.StatusCode.Should().Be(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task An_answer_and_outputs_come_from_one_request()
    {
        using var response = await app.Client.PostAsync("api/web/queued/a", null);

        response.StatusCode.Should().Be(HttpStatusCode.Created);
        (await response.Content.ReadAsStringAsync()).Should().Be("queued a");
        await Eventually.SucceedsAsync(async () => (await app.Host.Control.GetStringAsync("queues")).Should().Contain("""{"name":"web-out","length":2}"""));
    }

    [Fact]
    public async Task A_function_that_throws_is_answered_500()
    {
        using var response = await app.Client.GetAsync("api/web/throws");

        response.StatusCode.Should().Be(HttpStatusCode.InternalServerError);
        (await response.Content.ReadAsStringAsync()).Should().BeEmpty();
        await Eventually.SucceedsAsync(async () => (await app.LogAsync("web-throws")).Should().Contain("thrown on purpose"));
    }

    [Fact]
    public async Task An_answer_that_its_function_does_not_finish_is_cut_off()
    {
        var read = () => app.Client.GetStringAsync("api/web/breaks");

        await read.Should().ThrowAsync<HttpRequestException>();
        await Eventually.SucceedsAsync(async () => (await app.LogAsync("web-breaks")).Should().Contain("thrown too late"));
    }

    [Fact]
    public async Task An_answer_that_is_written_in_parts_arrives_whole()
    {
        using var response = await app.Client.PostAsync("api/web/stream", new StringContent("two"));

        response.Content.Headers.ContentType!.ToString().Should().Be("text/event-stream");
        (await response.Content.ReadAsStringAsync()).Should().Be("one two");
    }

    [Fact]
    public async Task A_function_is_cancelled_when_its_client_hangs_up()
    {
        using var end = new CancellationTokenSource();
        var request = app.Client.GetAsync("api/web/hangs", end.Token);
        await Eventually.SucceedsAsync(async () => (await app.LogAsync("web-hangs")).Should().Contain("waits"));

        await end.CancelAsync();

        await request.Invoking(r => r).Should().ThrowAsync<OperationCanceledException>();
        await Eventually.SucceedsAsync(async () => (await app.LogAsync("web-hangs")).Should().Contain("is cancelled"));
    }
}
