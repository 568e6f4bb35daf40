using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using EdgeOperator.Functions.Workers;
using EdgeOperator.Testing;

namespace EdgeOperator.Functions.Tests.Node;

/// <summary>HTTP functions of a CommonJS app, called as a client calls them.</summary>
public sealed class NodeHttpTests : IAsyncLifetime
{
    private TestApp _app = null!;
    private Front _front = null!;

    public async Task InitializeAsync()
    {
        _app = await TestApp.StartAsync("node-commonjs", ("GREETING", "from a setting"));
        _front = await Front.StartAsync(_app.Worker, _app.Functions);
    }

    public async Task DisposeAsync()
    {
        await _front.DisposeAsync();
        await _app.DisposeAsync();
    }

    [Fact]
    public async Task A_function_answers()
    {
        using var response = await _front.Client.GetAsync("/api/hello?name=device");

        response.StatusCode.Should().Be(HttpStatusCode.OK);
        response.Content.Headers.ContentType!.ToString().Should().Be("application/json");
        (await response.Content.ReadAsStringAsync()).Should().Be("""{"hello":"device"}""");
        _front.LastOutcome.Should().Be(true);
    }

    [Fact]
    public async Task A_function_sees_the_request_as_its_client_sent_it()
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, "/api/echo/12/a/b%20c?q=%C3%BC&q=2&empty=")
        {
            Content = new StringContent("Grüße 🌍", Encoding.UTF8, "text/plain"),
        };
        request.Headers.Add("X-Custom", ["one", "two"]);
        request.Headers.Add("x-edgeop-function", "hello");
        request.Headers.Add("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        using var response = await _front.Client.SendAsync(request);

        var seen = (await response.Content.ReadFromJsonAsync<JsonObject>())!;
        seen["method"]!.ToString().Should().Be("PUT");
        seen["url"]!.ToString().Should().Be(new Uri(_front.Client.BaseAddress!, "/api/echo/12/a/b%20c?q=%C3%BC&q=2&empty=").AbsoluteUri);
        seen["params"]!.ToJsonString().Should().Be("""{"id":"12","rest":"a/b c"}""");
        JsonNode.DeepEquals(seen["query"], JsonNode.Parse("""[["q","ü"],["q","2"],["empty",""]]""")).Should().BeTrue();
        seen["text"]!.ToString().Should().Be("Grüße 🌍");
        seen["headers"]!["x-custom"]!.ToString().Should().Be("one, two");
        seen["headers"]!.AsObject().Should().NotContain(h => h.Key.StartsWith("x-edgeop-"));
        seen["functionName"]!.ToString().Should().Be("echo");
        Guid.Parse(seen["invocationId"]!.ToString()).Should().NotBeEmpty();
        seen["trigger"]!.ToString().Should().Be("httpTrigger");
        seen["traceParent"]!.ToString().Should().Be("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5_000_000)]
    public async Task Bytes_pass_unchanged(int length)
    {
        var sent = new byte[length];
        new Random(1).NextBytes(sent);
        using var response = await _front.Client.PostAsync("/api/bytes", new ByteArrayContent(sent));

        response.Content.Headers.ContentType!.ToString().Should().Be("application/octet-stream");
        (await response.Content.ReadAsByteArrayAsync()).Should().Equal(sent.Reverse());
    }

    [Fact]
    public async Task A_huge_answer_arrives_whole() =>
        (await _front.Client.GetStringAsync("/api/large")).Should().HaveLength(20_000_000);

    [Fact]
    public async Task Text_is_unicode_and_says_so()
    {
        using var response = await _front.Client.GetAsync("/api/text");

        response.Content.Headers.ContentType!.ToString().Should().Be("text/plain; charset=UTF-8");
        response.Headers.GetValues("x-one").Should().Equal("a");
        response.Headers.GetValues("x-two").Should().Equal("b");
        (await response.Content.ReadAsStringAsync()).Should().Be("Grüße, 世界 🌍");
    }

    [Theory]
    [InlineData(200, true)]
    [InlineData(404, true)]
    [InlineData(503, true)]
    [InlineData(204, false)]
    [InlineData(304, false)]
    public async Task A_status_is_the_functions_own(int status, bool hasBody)
    {
        using var response = await _front.Client.GetAsync($"/api/status?code={status}");

        ((int)response.StatusCode).Should().Be(status);
        (await response.Content.ReadAsStringAsync()).Should().Be(hasBody ? "ignored where there must be none" : "");
    }

    [Fact]
    public async Task A_status_that_does_not_exist_is_a_failure()
    {
        using var response = await _front.Client.GetAsync("/api/status?code=99");

        response.StatusCode.Should().Be(HttpStatusCode.InternalServerError);
        await Eventually.SucceedsAsync(() => _app.Log.Text.Should().Contain("RangeError"));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")]
    public async Task A_request_has_a_trace_its_clients_or_a_new_one(string? sent)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/trace");
        if (sent is not null)
            request.Headers.TryAddWithoutValidation("traceparent", sent);

        using var response = await _front.Client.SendAsync(request);

        (await response.Content.ReadAsStringAsync()).Should().MatchRegex(sent ?? "^00-[0-9a-f]{32}-[0-9a-f]{16}-01$");
    }

    [Fact]
    public async Task Nothing_returned_is_no_content()
    {
        using var response = await _front.Client.GetAsync("/api/nothing");

        response.StatusCode.Should().Be(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task The_librarys_own_answer_class_is_honoured()
    {
        using var response = await _front.Client.GetAsync("/api/class");

        response.StatusCode.Should().Be(HttpStatusCode.Created);
        response.Headers.GetValues("x-made").Should().Equal("yes");
        (await response.Content.ReadAsStringAsync()).Should().Be("made");
    }

    [Fact]
    public async Task Cookies_become_headers()
    {
        using var response = await _front.Client.GetAsync("/api/cookies");

        response.Headers.GetValues("Set-Cookie").Should().Equal(
            "a=1; path=/", "b=x%20y; max-age=60; path=/p; secure; samesite=strict; httponly");
        (await response.Content.ReadAsStringAsync()).Should().Be("with cookies");
    }

    [Fact]
    public async Task A_stream_as_a_body_is_read_to_its_end() =>
        (await _front.Client.GetStringAsync("/api/stream")).Should().Be("one two");

    [Fact]
    public async Task A_form_is_read()
    {
        using var form = new MultipartFormDataContent { { new StringContent("wert ü"), "\"field\"" } };
        using var response = await _front.Client.PostAsync("/api/form", form);

        (await response.Content.ReadAsStringAsync()).Should().Be("wert ü");
    }

    [Fact]
    public async Task Hooks_run_before_and_after() =>
        (await _front.Client.GetStringAsync("/api/hooked")).Should().Be("wrapped result, seen");

    [Theory]
    [InlineData("throws", "Error: thrown on purpose")]
    [InlineData("rejects", "TypeError: rejected on purpose")]
    [InlineData("throwsText", "just text")]
    [InlineData("wrong", "must be an object")]
    public async Task A_function_that_fails_is_answered_500_and_its_words_are_logged(string function, string words)
    {
        using var response = await _front.Client.GetAsync($"/api/{function}");

        response.StatusCode.Should().Be(HttpStatusCode.InternalServerError);
        (await response.Content.ReadAsStringAsync()).Should().BeEmpty();
        _front.LastOutcome.Should().BeOfType<string>();
        var id = response.Headers.GetValues("x-ms-invocation-id").Single();
        await Eventually.SucceedsAsync(() => _app.Log.Lines.Should().Contain(l =>
            l.InvocationId == id && l.Function == function && l.Category == $"Function.{function}" && l.Message.Contains(words)));
    }

    [Theory]
    [InlineData("exits", "ended with code 7")]
    [InlineData("unhandled", "nobody handles this")]
    public async Task A_function_that_ends_the_process_loses_the_worker(string function, string words)
    {
        using var response = await _front.Client.GetAsync($"/api/{function}");

        _front.LastOutcome.Should().BeOfType<WorkerLostException>().Which.Message.Should().Contain(words);
        (await _app.Worker.Ended).Should().Contain(words);
    }

    [Fact]
    public async Task A_thousand_requests_at_once_are_answered_each_its_own()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 1000).Select(i => _front.Client.GetStringAsync($"/api/hello?name=n{i}")));

        answers.Should().Equal(Enumerable.Range(0, 1000).Select(i => $$"""{"hello":"n{{i}}"}"""));
    }

    [Fact]
    public async Task Settings_are_environment_and_little_else_is()
    {
        var seen = (await _front.Client.GetFromJsonAsync<JsonObject>("/api/environment?name=GREETING"))!;

        seen["value"]!.ToString().Should().Be("from a setting");
        seen["all"]!.AsArray().Select(n => n!.ToString()).Should().Contain(["PATH", "TMPDIR"]).And.NotContain(["EDGEOP_SOCKET"]).And.HaveCountLessThan(20);
    }
}
