using System.Net;
using EdgeOperator.Functions.Invoking;
using EdgeOperator.Functions.Tests.Workers.CustomHandler;
using EdgeOperator.Functions.Tests.Workers.Forwarding;
using EdgeOperator.Functions.Workers.Pool;
using EdgeOperator.Testing;

namespace EdgeOperator.Functions.Tests.Dispatch;

public sealed class ForwardedRequestTests
{
    private static readonly HttpClient Client = new() { Timeout = Eventually.Deadline };

    [Fact]
    public async Task A_request_goes_to_the_handler_as_it_came_and_its_answer_back()
    {
        using var app = new HandlerApp();
        await using var front = await FrontAsync(app, "plain");

        using var response = await Client.PostAsync(front.Url + "/api/plain?x=1", new StringContent("text"));

        response.StatusCode.Should().Be(HttpStatusCode.OK);
        response.Content.Headers.ContentType!.MediaType.Should().Be("text/plain");
        (await response.Content.ReadAsStringAsync()).Should().Be("plain text");
        await Eventually.SucceedsAsync(() => app.Metrics.Of("plain").Should().BeEquivalentTo(new { Invocations = 1L, Failures = 0L }));
    }

    [Theory]
    [InlineData("crash", HttpStatusCode.InternalServerError, "*ended with code 3*")]
    [InlineData("hangup", HttpStatusCode.InternalServerError, "*hung up*")]
    [InlineData("hang", HttpStatusCode.InternalServerError, "*did not end within 00:00:01*")]
    [InlineData("failing", HttpStatusCode.InternalServerError, "the answer was 500*")]
    public async Task A_function_that_fails_has_an_answer_and_a_reason(string function, HttpStatusCode status, string error)
    {
        using var app = new HandlerApp();
        await using var front = await FrontAsync(app, function, ""","functionTimeout": "00:00:01" """);

        using var response = await Client.GetAsync(front.Url + "/api/" + function);

        response.StatusCode.Should().Be(status);
        await Eventually.SucceedsAsync(() => app.Metrics.Of(function).LastError.Should().Match(error));
    }

    [Fact]
    public async Task A_client_that_hangs_up_is_no_failure()
    {
        using var app = new HandlerApp();
        await using var front = await FrontAsync(app, "hang");
        using var deadline = new CancellationTokenSource();

        var request = Client.GetAsync(front.Url + "/api/hang", deadline.Token);
        await Eventually.TrueAsync("it is under way", () => app.Metrics.Of("hang").InFlight == 1);
        await deadline.CancelAsync();

        await Eventually.TrueAsync("it has ended", () => app.Metrics.Of("hang").Invocations == 1);
        app.Metrics.Of("hang").Failures.Should().Be(0);
        await request.Invoking(r => r).Should().ThrowAsync<OperationCanceledException>();
        front.Pool.Report().Single().Should().Match<Core.Protocol.Functions.InstanceReport>(r => r.InFlight == 0 && r.Restarts == 0);
    }

    [Fact]
    public async Task Requests_while_there_is_no_worker_are_answered_by_the_next_one()
    {
        using var app = new HandlerApp();
        await using var front = await FrontAsync(app, "plain");
        await Shell.RunAsync("kill", "-9", $"{front.Pool.Report().Single().ProcessId}");
        await Eventually.TrueAsync("its end is known", () => front.Pool.Report().Single().Restarts == 1);

        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => Client.GetAsync(front.Url + "/api/plain")));

        answers.Select(a => a.StatusCode).Should().OnlyContain(s => s == HttpStatusCode.OK);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")]
    public async Task A_request_has_a_trace_the_clients_or_a_new_one(string? sent)
    {
        using var app = new HandlerApp();
        await using var front = await FrontAsync(app, "traced");
        using var request = new HttpRequestMessage(HttpMethod.Get, front.Url + "/api/traced");
        if (sent is not null)
        {
            request.Headers.TryAddWithoutValidation("traceparent", sent);
        }

        using var client = new HttpMessageInvoker(new SocketsHttpHandler { ActivityHeadersPropagator = null });
        using var response = await client.SendAsync(request, CancellationToken.None);

        var seen = await response.Content.ReadAsStringAsync();
        seen.Should().MatchRegex("^00-[0-9a-f]{32}-[0-9a-f]{16}-01$");
        if (sent is not null)
        {
            seen.Should().Be(sent);
        }
    }

    [Fact]
    public async Task A_function_with_other_outputs_is_not_forwarded()
    {
        using var app = new HandlerApp();
        app.Host(forwards: true);
        var read = app.Read(HandlerApp.Http + """, { "type": "queue", "direction": "out", "name": "out", "queueName": "orders" }""", "plain");
        await using var pool = await app.PoolAsync(read);

        app.Invoker(pool).Forwards(read.Functions.Single()).Should().BeFalse();
    }

    [Fact]
    public async Task A_thousand_requests_at_once_are_answered()
    {
        using var app = new HandlerApp();
        await using var front = await FrontAsync(app, "plain");

        var answers = await Task.WhenAll(Enumerable.Range(0, 1000).Select(async n =>
            await (await Client.PostAsync(front.Url + "/api/plain", new StringContent($"{n}"))).Content.ReadAsStringAsync()));

        answers.Should().Equal(Enumerable.Range(0, 1000).Select(n => $"plain {n}"));
    }

    private static async Task<Front> FrontAsync(HandlerApp app, string function, string host = "")
    {
        app.Host(forwards: true, rest: host);
        var read = app.Read(HandlerApp.Http, function);
        var pool = await app.PoolAsync(read);
        var invoker = app.Invoker(pool);
        return new(await Web.StartAsync(context => invoker.ForwardAsync(context, read.Functions.Single(), Invocation.NewId(), CancellationToken.None)), pool);
    }

    private sealed record Front(Web Web, WorkerPool Pool) : IAsyncDisposable
    {
        public string Url => Web.Url;

        public async ValueTask DisposeAsync()
        {
            await Web.DisposeAsync();
            await Pool.DisposeAsync();
        }
    }
}
