using System.Collections.Immutable;
using System.Text;
using System.Text.Json.Nodes;
using EdgeOperator.Functions.Invoking;
using EdgeOperator.Functions.Tests.Node;
using EdgeOperator.Functions.Workers;
using EdgeOperator.Testing;
using Microsoft.Extensions.Logging;

namespace EdgeOperator.Functions.Tests.Rpc;

public sealed class RpcInvokeTests
{
    [Fact]
    public async Task Values_pass_both_ways()
    {
        await using var app = await RpcApp.StartAsync();

        var result = await app.InvokeAsync("job", new Value.Text("grüße"), new() { ["DequeueCount"] = 4, ["Id"] = "m" });

        result.Error.Should().BeNull();
        Json(result.ReturnValue).ToJsonString().Should().Be("-42");
        JsonNode.DeepEquals(Json(result.Outputs["out"]), JsonNode.Parse("""["a","grüße"]""")).Should().BeTrue();
        JsonNode.DeepEquals(Json(result.Outputs["meta"]), JsonNode.Parse("""{"DequeueCount":{"json":"4"},"Id":{"string":"m"},"retry":{"max":3}}""")).Should().BeTrue();
        Json(result.Outputs["double"]).ToJsonString().Should().Be("1.5");
        ((Value.Bytes)result.Outputs["bytes"]).Content.ToArray().Should().Equal(1, 2);
    }

    [Fact]
    public async Task A_message_may_be_larger_than_any_window()
    {
        await using var app = await RpcApp.StartAsync();
        var sent = new byte[20_000_000];
        new Random(1).NextBytes(sent);

        var result = await app.InvokeAsync("size", new Value.Bytes(sent));

        ((Value.Bytes)result.ReturnValue!).Content.ToArray().Should().Equal(sent);
    }

    [Fact]
    public async Task A_failure_has_the_workers_words()
    {
        await using var app = await RpcApp.StartAsync();

        (await app.InvokeAsync("throws")).Error.Should().Be("thrown on purpose\nat thrown on purpose");
    }

    [Fact]
    public async Task A_thousand_calls_at_once_are_answered_each_its_own()
    {
        await using var app = await RpcApp.StartAsync();

        var results = await Task.WhenAll(Enumerable.Range(0, 1000).Select(i => app.InvokeAsync("job", new Value.Text($"n{i}"))));

        results.Select(r => Json(r.Outputs["out"])[1]!.ToString()).Should().Equal(Enumerable.Range(0, 1000).Select(i => $"n{i}"));
    }

    [Theory]
    [InlineData("", "application/json", "json")]
    [InlineData("", "text/plain", "string")]
    [InlineData("", "application/octet-stream", "bytes")]
    [InlineData("modern", "application/json", "bytes")]
    public async Task A_request_is_told_as_the_worker_can_take_it(string mode, string contentType, string kind)
    {
        await using var app = await RpcApp.StartAsync(mode);
        var request = new HttpInput(
            "POST", "http://device/api/echo/7?q=1&q=2", [new("Content-Type", contentType), new("X-Empty", ""), new("X-Many", "a"), new("X-Many", "b")],
            [new("q", "1"), new("q", "2")], ImmutableSortedDictionary<string, string>.Empty.Add("id", "7"), Encoding.UTF8.GetBytes("""{"ü":1}"""));

        var result = await app.InvokeAsync("echo", new Value.Request(request));

        var answer = ((Value.Response)result.ReturnValue!).Content;
        answer.Status.Should().Be(200);
        answer.Headers.Select(h => (h.Key, h.Value)).Should().Equal(("content-type", "application/json"));
        var seen = JsonNode.Parse(answer.Body.Span)!;
        seen["method"]!.ToString().Should().Be("POST");
        seen["url"]!.ToString().Should().Be("http://device/api/echo/7?q=1&q=2");
        seen["bodyKind"]!.ToString().Should().Be(kind);
        seen["text"]!.ToString().Should().Be("""{"ü":1}""");
        seen["rawBody"]?.ToString().Should().Be(mode == "" ? """{"ü":1}""" : null);
        var (headers, query, parameters) = mode == "" ? ("headers", "query", "params") : ("nullableHeaders", "nullableQuery", "nullableParams");
        Text(seen[headers]!["x-many"]).Should().Be("a,b");
        (seen[headers]!["x-empty"] is null).Should().Be(mode == "modern");
        Text(seen[query]!["q"]).Should().Be("1,2");
        Text(seen[parameters]!["id"]).Should().Be("7");

        string Text(JsonNode? node) => (mode == "" ? node : node!["value"])!.ToString();
    }

    [Fact]
    public async Task An_answer_has_status_headers_cookies_and_bytes()
    {
        await using var app = await RpcApp.StartAsync();
        var request = new HttpInput("GET", "http://device/api/cookies", [], [], ImmutableSortedDictionary<string, string>.Empty, null);

        var answer = ((Value.Response)(await app.InvokeAsync("cookies", new Value.Request(request))).Outputs["res"]).Content;

        answer.Status.Should().Be(404);
        answer.Headers.Select(h => (h.Key, h.Value)).Should().Equal(("X-One", "1"));
        answer.Cookies.Should().Equal("a%20b=%C3%BC; max-age=5; domain=d; path=/; samesite=none; httponly");
        answer.Body.ToArray().Should().Equal(0, 255);
    }

    [Fact]
    public async Task Logs_are_told_apart()
    {
        await using var app = await RpcApp.StartAsync();
        var call = app.Call("logs");
        await app.Worker.InvokeAsync(call, CancellationToken.None);

        await Eventually.SucceedsAsync(() => app.Log.Lines.Select(l => (l.Level, l.Category, l.InvocationId, l.Message)).Should().Contain(
        [
            (LogLevel.Warning, "Function.logs.User", call.Id, "by the function"),
            (LogLevel.Error, "Function.logs", call.Id, "by the worker\ninner\nat x"),
            (LogLevel.Debug, "Host.Worker", null, "of no invocation"),
            (LogLevel.Information, "Host.Worker", null, "printed by the worker"),
            (LogLevel.Information, "Host.Worker", null, "printed by the app"),
        ]));
    }

    [Fact]
    public async Task A_call_that_is_cancelled_is_cancelled_in_the_worker()
    {
        await using var app = await RpcApp.StartAsync();
        using var end = new CancellationTokenSource();
        var invocation = app.Call("waits");
        var call = app.Worker.InvokeAsync(invocation, end.Token);
        await Eventually.SucceedsAsync(() => app.Log.Text.Should().Contain("waits"));

        await end.CancelAsync();

        await call.Invoking(c => c).Should().ThrowAsync<OperationCanceledException>();
        await Eventually.SucceedsAsync(() => app.Log.Text.Should().Contain($"cancel {invocation.Id}"));
    }

    [Fact]
    public async Task A_worker_that_ends_fails_what_runs_in_it()
    {
        await using var app = await RpcApp.StartAsync();
        var waiting = app.InvokeAsync("waits");

        await app.Invoking(a => a.InvokeAsync("dies")).Should().ThrowAsync<WorkerLostException>();

        await waiting.Invoking(w => w).Should().ThrowAsync<WorkerLostException>().WithMessage("the standin worker ended with code 5*");
        (await app.Worker.Ended).Should().StartWith("the standin worker ended with code 5");
        (await app.Invoking(a => a.InvokeAsync("job")).Should().ThrowAsync<WorkerLostException>()).Which.Reached.Should().BeFalse();
    }

    [Fact]
    public async Task A_worker_has_its_environment_and_arguments()
    {
        await using var app = await RpcApp.StartAsync();

        var seen = Json((await app.InvokeAsync("environment")).ReturnValue);

        seen["FUNCTIONS_WORKER_RUNTIME"]!.ToString().Should().Be("standin");
        seen["FUNCTIONS_WORKER_DIRECTORY"]!.ToString().Should().EndWith("rpc-worker");
        seen["FUNCTIONS_APPLICATION_DIRECTORY"]!.ToString().Should().Be(app.App.Folder);
        seen["PYTHONPATH"]!.ToString().Should().Be(Path.Combine(app.App.Folder, ".python_packages", "lib", "site-packages"));
        seen["cwd"]!.ToString().Should().Be(app.App.Folder);
        seen["execArgv"]!.ToJsonString().Should().Be("""["--no-warnings"]""");
        seen["argv"]!.AsArray().Select(a => a!.ToString()).Should().ContainInOrder("--host", "127.0.0.1", "--port").And.NotContain("from-setting");
    }

    [Fact]
    public async Task Requests_go_to_the_address_that_a_worker_announced()
    {
        await using var app = await RpcApp.StartAsync("http-uri");
        await using var front = await Front.StartAsync(app.Worker, [app.Function("proxied")]);
        app.Worker.Forwards(app.Function("job")).Should().BeFalse("it has no HTTP trigger");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/proxied/7?x=1") { Content = new StringContent("body") };
        request.Headers.Add("X-Test", "seen");

        using var response = await front.Client.SendAsync(request);

        ((int)response.StatusCode).Should().Be(201);
        response.Headers.GetValues("x-params").Should().Equal("""{"id":"7"}""");
        response.Headers.GetValues("x-host").Should().Equal(front.Client.BaseAddress!.Authority);
        (await response.Content.ReadAsStringAsync()).Should().Be("POST /api/proxied/7?x=1 body seen");
        front.LastOutcome.Should().Be(true);
    }

    [Fact]
    public async Task A_forwarded_request_whose_function_fails_is_answered_500()
    {
        await using var app = await RpcApp.StartAsync("http-uri");
        await using var front = await Front.StartAsync(app.Worker, [app.Function("proxied")]);

        using var response = await front.Client.GetAsync("/api/proxied/fails");

        ((int)response.StatusCode).Should().Be(500);
        front.LastOutcome.Should().BeOfType<string>().Which.Should().Contain("failed before it answered");
    }

    private static JsonNode Json(Value? value) => ((Value.Json)value!).Content!;
}
