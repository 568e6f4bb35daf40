using System.Collections.Immutable;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using EdgeOperator.Functions.App;
using EdgeOperator.Functions.Http.Keys;
using EdgeOperator.Functions.Invoking;
using EdgeOperator.Functions.Tests.Hosting;
using EdgeOperator.Testing;

namespace EdgeOperator.Functions.Tests.Http;

public sealed class FunctionRequestTests
{
    private const string Anonymous = """{ "authLevel": "anonymous", "route": "things/{id}" }""";

    [Theory]
    [InlineData("function", 401, 200, 200)]
    [InlineData("admin", 401, 401, 200)]
    [InlineData("anonymous", 200, 200, 200)]
    [InlineData(null, 401, 200, 200)]
    public async Task A_key_of_the_functions_level_is_asked_for(string? level, int without, int withFunctionKey, int withMasterKey)
    {
        await using var host = new RunningHost();
        var trigger = level is null ? "{}" : $$"""{ "authLevel": "{{level}}" }""";
        await host.ServeAsync("g", new CannedApp().Answering("hello", CannedApp.Returning(new Value.Text("hi")), trigger));
        var key = host.Keys.Set(KeyScope.Of("hello"), "client", null).Value;
        var master = host.Keys.Set(KeyScope.Master, KeyStore.MasterName, null).Value;

        ((int)(await host.GetAsync("api/hello")).Status).Should().Be(without);
        ((int)(await host.GetAsync("api/hello", key)).Status).Should().Be(withFunctionKey);
        ((int)(await host.GetAsync($"api/hello?code={key}")).Status).Should().Be(withFunctionKey);
        ((int)(await host.GetAsync("api/hello", master)).Status).Should().Be(withMasterKey);
        ((int)(await host.GetAsync($"api/hello?code={master}", "wrong")).Status).Should().Be(without, "the header comes first");
    }

    [Fact]
    public async Task A_disabled_function_is_there_for_the_master_key_alone()
    {
        await using var host = new RunningHost();
        await host.ServeAsync("g", new CannedApp().Answering("off", CannedApp.Returning(new Value.Text("hi")), disabled: true));
        var master = host.Keys.Set(KeyScope.Master, KeyStore.MasterName, null).Value;

        (await host.GetAsync("api/off")).Status.Should().Be(HttpStatusCode.NotFound);
        (await host.GetAsync("api/off", master)).Status.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_function_gets_the_whole_request()
    {
        await using var host = new RunningHost();
        Invocation? seen = null;
        await host.ServeAsync("g", new CannedApp().Answering("things", (invocation, _) =>
        {
            seen = invocation;
            return Task.FromResult(new InvocationResult(ImmutableSortedDictionary<string, Value>.Empty, null, null));
        }, Anonymous));

        using var request = new HttpRequestMessage(HttpMethod.Put, "api/things/7%20a?q=1&q=2&empty=")
        {
            Content = new StringContent("the body"),
            Headers = { { "X-Mine", ["a", "b"] }, { "traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01" } },
        };
        using var response = await host.Client.SendAsync(request);

        response.StatusCode.Should().Be(HttpStatusCode.NoContent);
        var input = ((Value.Request)seen!.Inputs["req"]).Content;
        input.Method.Should().Be("PUT");
        input.Url.Should().Be($"http://127.0.0.1:{host.Port}/api/things/7%20a?q=1&q=2&empty=");
        input.Parameters.Should().Contain("id", "7 a");
        input.Query.Should().Equal([new("q", "1"), new("q", "2"), new("empty", "")]);
        input.Headers.Should().Contain(new KeyValuePair<string, string>("X-Mine", "a, b"));
        Encoding.UTF8.GetString(input.Body!.Value.Span).Should().Be("the body");
        seen.TraceParent.Should().Be("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
        seen.Metadata["id"]!.ToString().Should().Be("7 a");
    }

    [Theory]
    [InlineData("""{ "statusCode": 201, "headers": { "X-A": "1", "Content-Type": "text/css" }, "body": "b{}" }""", 201, "text/css", "b{}")]
    [InlineData("""{ "status": "418", "body": { "a": 1 } }""", 418, "application/json; charset=utf-8", """{"a":1}""")]
    [InlineData("""{ "status": 202 }""", 202, null, "")]
    [InlineData("""{ "status": "fine", "value": 2 }""", 200, "application/json; charset=utf-8", """{"status":"fine","value":2}""")]
    [InlineData("""[1,2]""", 200, "application/json; charset=utf-8", "[1,2]")]
    [InlineData("5", 200, "application/json; charset=utf-8", "5")]
    [InlineData("\"words\"", 200, "text/plain; charset=utf-8", "words")]
    [InlineData("null", 204, null, "")]
    public async Task What_a_function_returns_is_the_answer(string returned, int status, string? type, string body)
    {
        await using var host = new RunningHost();
        await host.ServeAsync("g", new CannedApp().Answering("hello", CannedApp.Returning(new Value.Json(JsonNode.Parse(returned)))));

        using var response = await host.Client.GetAsync("api/hello");

        ((int)response.StatusCode).Should().Be(status);
        response.Content.Headers.ContentType?.ToString().Should().Be(type);
        (await response.Content.ReadAsStringAsync()).Should().Be(body);
    }

    [Fact]
    public async Task A_response_is_written_with_all_its_headers_and_cookies()
    {
        await using var host = new RunningHost();
        var output = new HttpOutput(299, [new("X-A", "1"), new("X-A", "2\r\nX-Evil: yes"), new("Content-Length", "9999")], ["a=1", "b=2; Path=/"], "body"u8.ToArray());
        await host.ServeAsync("g", new CannedApp().Answering("hello", CannedApp.Returning(new Value.Response(output))));

        using var response = await host.Client.GetAsync("api/hello");

        ((int)response.StatusCode).Should().Be(299);
        response.Headers.GetValues("X-A").Should().Equal("1", "2X-Evil: yes");
        response.Headers.GetValues("Set-Cookie").Should().Equal("a=1", "b=2; Path=/");
        (await response.Content.ReadAsStringAsync()).Should().Be("body");
    }

    [Fact]
    public async Task A_function_that_fails_is_answered_500_without_its_words()
    {
        await using var host = new RunningHost();
        await host.ServeAsync("g", new CannedApp().Answering("hello", (_, _) => Task.FromResult(InvocationResult.Failed("a secret"))));

        using var response = await host.Client.GetAsync("api/hello");

        response.StatusCode.Should().Be(HttpStatusCode.InternalServerError);
        (await response.Content.ReadAsStringAsync()).Should().BeEmpty();
        response.Headers.GetValues("x-ms-invocation-id").Should().ContainSingle();
    }

    [Theory]
    [InlineData(false, 1000)]
    [InlineData(true, 900)] // What frames the chunks counts.
    public async Task A_body_over_the_limit_is_413(bool chunked, int fits)
    {
        await using var host = new RunningHost();
        await host.ServeAsync("g", WithHttp(new() { BodyLimit = 1000 }).Answering("hello", CannedApp.Returning(new Value.Text("hi"))));

        (await PostAsync(host, new byte[fits], chunked)).Should().Be(HttpStatusCode.OK);
        (await PostAsync(host, new byte[1001], chunked)).Should().Be(HttpStatusCode.RequestEntityTooLarge);
    }

    [Fact]
    public async Task Requests_beyond_those_that_may_wait_are_429_and_the_others_are_answered()
    {
        await using var host = new RunningHost();
        var gate = new TaskCompletionSource();
        var running = 0;
        var most = new System.Collections.Concurrent.ConcurrentBag<int>();
        await host.ServeAsync("g", WithHttp(new() { MaxConcurrentRequests = 2, MaxOutstandingRequests = 5 }).Answering("hello", async (_, _) =>
        {
            most.Add(Interlocked.Increment(ref running));
            await gate.Task;
            Interlocked.Decrement(ref running);
            return new(ImmutableSortedDictionary<string, Value>.Empty, new Value.Text("hi"), null);
        }));

        var requests = Enumerable.Range(0, 8).Select(_ => host.GetAsync("api/hello")).ToList();
        for (var i = 0; i < 3; i++)
        {
            var refused = await Task.WhenAny(requests);
            (await refused).Status.Should().Be(HttpStatusCode.TooManyRequests);
            requests.Remove(refused);
        }

        await Eventually.SucceedsAsync(() => most.Should().HaveCount(2));
        gate.SetResult();
        (await Task.WhenAll(requests)).Should().OnlyContain(r => r.Status == HttpStatusCode.OK);
        most.Max().Should().Be(2);
    }

    [Fact]
    public async Task A_thousand_requests_at_once_are_all_answered()
    {
        await using var host = new RunningHost();
        await host.ServeAsync("g", CannedApp.Saying("hi"));

        var answers = await Task.WhenAll(Enumerable.Range(0, 1000).Select(_ => host.GetAsync("api/echo")));

        answers.Should().OnlyContain(a => a.Status == HttpStatusCode.OK && a.Body == "hi");
    }

    [Fact]
    public async Task Custom_headers_are_on_every_answer_of_a_function()
    {
        await using var host = new RunningHost();
        var settings = new HttpSettings { CustomHeaders = ImmutableSortedDictionary<string, string>.Empty.Add("X-Content-Type-Options", "nosniff") };
        await host.ServeAsync("g", WithHttp(settings).Answering("hello", CannedApp.Returning(null)).Answering("locked", CannedApp.Returning(null), "{}"));

        foreach (var path in (string[])["api/hello", "api/locked"])
        {
            using var response = await host.Client.GetAsync(path);
            response.Headers.GetValues("X-Content-Type-Options").Should().Equal("nosniff");
        }
    }

    [Fact]
    public async Task The_homepage_is_there_unless_it_is_disabled()
    {
        await using var host = new RunningHost();
        await host.ServeAsync("g", CannedApp.Saying("hi"));
        (await host.GetAsync("")).Should().Match<(HttpStatusCode Status, string Body)>(a => a.Status == HttpStatusCode.OK && a.Body.Contains("<html"));
        (await host.GetAsync("other")).Status.Should().Be(HttpStatusCode.NotFound);

        var without = new CannedApp { App = new CannedApp().App with { Settings = ImmutableSortedDictionary<string, string>.Empty.Add("AzureWebJobsDisableHomepage", "true") } };
        await host.ServeAsync("without", without);
        (await host.GetAsync("")).Status.Should().Be(HttpStatusCode.NoContent);
    }

    private static CannedApp WithHttp(HttpSettings settings) => new() { App = new CannedApp().App with { Host = new() { Http = settings } } };

    private static async Task<HttpStatusCode> PostAsync(RunningHost host, byte[] body, bool chunked)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "api/hello") { Content = new ByteArrayContent(body) };
        request.Headers.TransferEncodingChunked = chunked;
        using var response = await host.Client.SendAsync(request);
        return response.StatusCode;
    }
}
