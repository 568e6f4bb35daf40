using System.Net;
using System.Text;
using EdgeOperator.Testing;

namespace EdgeOperator.Functions.Tests.Isolated;

/// <summary>Microsoft's .NET isolated worker with its own request and response types.</summary>
public sealed class DataFunctionTests(IsolatedHost app) : IClassFixture<IsolatedHost>
{
    [Fact]
    public async Task A_request_is_answered_with_status_headers_and_body()
    {
        using var response = await app.Client.PostAsync("api/data/hello/7", new StringContent("grüße"));

        response.StatusCode.Should().Be(HttpStatusCode.Accepted);
        response.Headers.GetValues("x-id").Should().Equal("7");
        response.Headers.GetValues("x-length").Should().Equal("5");
        (await response.Content.ReadAsStringAsync()).Should().Be("Hello, World.");
        await Eventually.SucceedsAsync(async () => (await app.LogAsync("data-hello")).Should().Contain("greets"));
    }

    [Theory]
    [InlineData("?name=Z", "{}", "Hello, Z.")]
    [InlineData("", """{ "name": "Y" }""", "Hello, Y.")]
    [InlineData("?name=Z", """{ "name": "Y" }""", "Hello, Z.")]
    public async Task A_parameter_is_bound_to_the_query_or_a_property_of_the_body(string query, string body, string answer)
    {
        using var response = await app.Client.PostAsync("api/data/hello" + query, new StringContent(body));

        (await response.Content.ReadAsStringAsync()).Should().Be(answer);
    }

    [Fact]
    public async Task A_body_of_many_megabytes_arrives_whole()
    {
        using var response = await app.Client.PostAsync("api/data/hello", new StringContent(new string('x', 50_000_000)));

        response.Headers.GetValues("x-length").Should().Equal("50000000");
    }

    [Fact]
    public async Task Queues_and_timers_run_functions()
    {
        await app.Host.SendAsync("work", """{ "Id": "a", "Amount": 1 }""");

        await Eventually.SucceedsAsync(async () => (await app.Host.Control.GetStringAsync("queues")).Should()
            .Contain("""{"name":"done","length":1}""").And.Contain("""{"name":"ticks","length":1}"""));
    }

    [Fact]
    public async Task A_message_arrives_as_the_SDKs_own_type()
    {
        await app.Host.SendAsync("messages", "grüße");

        await Eventually.SucceedsAsync(async () => (await app.LogAsync("message")).Should().Contain("message True at try 1: grüße").And.NotContain("Failed"));
    }

    [Fact]
    public async Task A_message_that_keeps_failing_becomes_poison()
    {
        await app.Host.SendAsync("work", """{ "Id": "bad", "Amount": -1 }""");

        await Eventually.SucceedsAsync(async () => (await app.LogAsync("poison")).Should().Contain("poison {").And.Contain("bad"));
        (await app.LogAsync("work")).Should().Contain("thrown on purpose");
    }

    [Fact]
    public async Task A_function_that_throws_is_answered_500()
    {
        using var response = await app.Client.GetAsync("api/data/throws");

        response.StatusCode.Should().Be(HttpStatusCode.InternalServerError);
        await Eventually.SucceedsAsync(async () => (await app.LogAsync("data-throws")).Should().Contain("thrown on purpose"));
    }

    [Fact]
    public async Task An_answer_and_an_output_come_from_one_call()
    {
        using var response = await app.Client.PostAsync("api/data/queued/a", new StringContent("", Encoding.UTF8));

        response.StatusCode.Should().Be(HttpStatusCode.Created);
        (await response.Content.ReadAsStringAsync()).Should().Be("queued a");
        (await app.Host.Control.GetStringAsync("queues")).Should().Contain("""{"name":"data-out","length":1}""");
    }

    [Fact]
    public async Task A_function_is_cancelled_when_its_client_hangs_up()
    {
        using var end = new CancellationTokenSource();
        var request = app.Client.GetAsync("api/data/hangs", end.Token);
        await Eventually.SucceedsAsync(async () => (await app.LogAsync("data-hangs")).Should().Contain("waits"));

        await end.CancelAsync();

        await request.Invoking(r => r).Should().ThrowAsync<OperationCanceledException>();
        await Eventually.SucceedsAsync(async () => (await app.LogAsync("data-hangs")).Should().Contain("is cancelled"));
    }
}
