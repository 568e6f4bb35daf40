using System.Text;
using System.Text.Json.Nodes;
using EdgeOperator.Functions.Invoking;
using EdgeOperator.Functions.Workers;
using EdgeOperator.Functions.Workers.CustomHandler;

namespace EdgeOperator.Functions.Tests.Workers.CustomHandler;

public sealed class HandlerProtocolTests
{
    [Fact]
    public async Task A_request_is_posted_as_the_cloud_posts_it()
    {
        using var app = new HandlerApp();
        var read = app.Read(HandlerApp.Http, "echo");
        await using var worker = app.Worker(read);
        await worker.StartAsync(CancellationToken.None);

        var result = await worker.InvokeAsync(
            read.Call("echo", new Value.Request(new(
                "POST",
                "http://host/api/echo?a=1&a=2",
                [new("Content-Type", "text/plain"), new("X-Two", "x"), new("X-Two", "y")],
                [new("a", "1"), new("a", "2")],
                System.Collections.Immutable.ImmutableSortedDictionary<string, string>.Empty.Add("id", "7"),
                Encoding.UTF8.GetBytes("grüße \"all\"")))),
            CancellationToken.None);

        var posted = result.Body()!;
        posted["Data"]!["req"]!.ToJsonString().Should().Be(JsonNode.Parse("""
            {
              "Url": "http://host/api/echo?a=1&a=2", "Method": "POST", "Query": { "a": "1,2" },
              "Headers": { "Content-Type": ["text/plain"], "X-Two": ["x", "y"] },
              "Params": { "id": "7" }, "Identities": [], "Body": "grüße \"all\""
            }
            """)!.ToJsonString());
        posted["Metadata"]!.AsObject().Select(m => m.Key).Should().Equal("sys");
        posted["Metadata"]!["sys"]!["MethodName"]!.ToString().Should().Be("echo");
        result.Outputs["res"].Json()!["statusCode"]!.GetValue<int>().Should().Be(201);
        result.Logs.Select(l => l.Message).Should().Equal("one", "two");
    }

    [Fact]
    public async Task A_binary_body_is_posted_as_base64_and_a_missing_one_not_at_all()
    {
        using var app = new HandlerApp();
        var read = app.Read(HandlerApp.Http, "echo");
        await using var worker = app.Worker(read);
        await worker.StartAsync(CancellationToken.None);
        var request = new HttpInput("PUT", "http://host/", [new("content-type", "application/octet-stream")], [], System.Collections.Immutable.ImmutableSortedDictionary<string, string>.Empty, new byte[] { 1, 2, 255 });

        var binary = await worker.InvokeAsync(read.Call("echo", new Value.Request(request)), CancellationToken.None);
        var none = await worker.InvokeAsync(read.Call("echo", new Value.Request(request with { Body = null })), CancellationToken.None);

        binary.Body()!["Data"]!["req"]!["Body"]!.ToString().Should().Be("AQL/");
        none.Body()!["Data"]!["req"]!.AsObject().ContainsKey("Body").Should().BeFalse();
    }

    [Fact]
    public async Task A_long_body_is_escaped_while_it_is_sent()
    {
        var random = new Random(7);
        foreach (var piece in (string[])["\u0001", "é\"\\", "\U0001f600x", "a\r\n", "€"])
        {
            foreach (var start in (string[])["", "1", "12", "123"])
            {
                var text = start + string.Concat(Enumerable.Repeat(piece, 40_000 + random.Next(10)));
                (await PostedAsync("text/plain", Encoding.UTF8.GetBytes(text))).Should().Be(text);
            }
        }

        var bytes = new byte[200_001];
        random.NextBytes(bytes);
        (await PostedAsync("application/octet-stream", bytes)).Should().Be(Convert.ToBase64String(bytes));
        (await PostedAsync("text/plain", bytes)).Should().Be(Encoding.UTF8.GetString(bytes));
        (await PostedAsync("text/plain", [])).Should().BeEmpty();
    }

    [Fact]
    public void A_body_costs_no_more_memory_when_all_of_it_has_to_be_escaped()
    {
        var content = Content("text/plain", Enumerable.Repeat((byte)1, 32 * 1024 * 1024).ToArray());
        var before = GC.GetAllocatedBytesForCurrentThread();

        content.CopyToAsync(Stream.Null).IsCompletedSuccessfully.Should().BeTrue();

        (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(64 * 1024 * 1024);
        content.Headers.ContentLength.Should().BeGreaterThan(6 * 32 * 1024 * 1024);
    }

    [Fact]
    public async Task A_message_is_JSON_within_a_text_and_so_is_its_metadata()
    {
        using var app = new HandlerApp();
        var read = app.Read(HandlerApp.Queue, "echo");
        await using var worker = app.Worker(read);
        await worker.StartAsync(CancellationToken.None);

        var result = await worker.InvokeAsync(
            read.Call("echo", new Value.Text("""{"a":1}"""), new()
            {
                ["Id"] = "m1",
                ["DequeueCount"] = 2,
                ["InsertionTime"] = "2026-01-02T03:04:05+00:00",
                ["queueTrigger"] = "left out",
            }),
            CancellationToken.None);

        var posted = result.ReturnValue.Json()!;
        posted["Data"]!["item"]!.ToString().Should().Be("\"{\\\"a\\\":1}\"");
        posted["Metadata"]!["Id"]!.ToString().Should().Be("\"m1\"");
        posted["Metadata"]!["DequeueCount"]!.GetValue<string>().Should().Be("2");
        posted["Metadata"]!["InsertionTime"]!.ToString().Should().Be("2026-01-02T03:04:05+00:00");
        posted["Metadata"]!.AsObject().ContainsKey("queueTrigger").Should().BeFalse();
        result.Outputs.Keys.Should().Equal("out");
    }

    [Fact]
    public async Task A_timer_is_an_object()
    {
        using var app = new HandlerApp();
        var read = app.Read(HandlerApp.Timer, "echo");
        await using var worker = app.Worker(read);
        await worker.StartAsync(CancellationToken.None);

        var result = await worker.InvokeAsync(read.Call("echo", new Value.Json(new JsonObject { ["IsPastDue"] = true })), CancellationToken.None);

        result.ReturnValue.Json()!["Data"]!["timer"]!["IsPastDue"]!.GetValue<bool>().Should().BeTrue();
    }

    [Fact]
    public async Task The_call_says_which_invocation_host_and_trace_it_belongs_to()
    {
        using var app = new HandlerApp();
        var read = app.Read(HandlerApp.Http, "headers");
        await using var worker = app.Worker(read);
        await worker.StartAsync(CancellationToken.None);
        var call = read.Call("headers") with { TraceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", TraceState = "a=b" };

        var headers = (await worker.InvokeAsync(call, CancellationToken.None)).Body()!;

        headers["x-azure-functions-invocationid"]!.ToString().Should().Be(call.Id);
        headers["x-azure-functions-hostversion"]!.ToString().Should().Be("9.9.9");
        headers["user-agent"]!.ToString().Should().Be("Azure-Functions-Host/9.9.9");
        headers["traceparent"]!.ToString().Should().Be(call.TraceParent);
        headers["tracestate"]!.ToString().Should().Be("a=b");
        headers["content-type"]!.ToString().Should().Be("application/json; charset=utf-8");
    }

    [Theory]
    [InlineData("failing", "*answered 500: it went wrong*")]
    [InlineData("missing", "*answered 404*")]
    [InlineData("text", "*text/plain, where application/json is needed*")]
    [InlineData("broken", "*did not answer with an object of Outputs*{\"Outputs\":*")]
    [InlineData("list", "*did not answer with an object*")]
    [InlineData("empty", "*did not answer with an object*")]
    [InlineData("wrong", "*did not answer with an object*")]
    [InlineData("twice", "*did not answer with an object*")]
    public async Task Any_other_answer_is_a_failure(string function, string error)
    {
        using var app = new HandlerApp();
        var read = app.Read(HandlerApp.Queue, function);
        await using var worker = app.Worker(read);
        await worker.StartAsync(CancellationToken.None);

        var result = await worker.InvokeAsync(read.Call(function), CancellationToken.None);

        result.Error.Should().Match(error);
    }

    [Theory]
    [InlineData("crash", "*ended with code 3: about to crash*")]
    [InlineData("killed", "*SIGKILL*")]
    [InlineData("hangup", "*hung up*")]
    public async Task A_handler_that_goes_away_in_a_call_is_lost(string function, string reason)
    {
        using var app = new HandlerApp();
        var read = app.Read(HandlerApp.Queue, function);
        await using var worker = app.Worker(read);
        await worker.StartAsync(CancellationToken.None);

        var call = () => worker.InvokeAsync(read.Call(function), CancellationToken.None);

        (await call.Should().ThrowAsync<WorkerLostException>().WithMessage(reason)).Which.Reached.Should().BeTrue();
    }

    private static async Task<string> PostedAsync(string type, byte[] body)
    {
        using var content = Content(type, body);
        var json = await content.ReadAsByteArrayAsync();
        json.Length.Should().Be((int)content.Headers.ContentLength!.Value);
        return JsonNode.Parse(json)!["Data"]!["req"]!["Body"]!.ToString();
    }

    private static HttpContent Content(string type, byte[] body)
    {
        using var app = new HandlerApp();
        var read = app.Read(HandlerApp.Http, "echo");
        var request = new HttpInput("PUT", "http://host/", [new("content-type", type)], [], System.Collections.Immutable.ImmutableSortedDictionary<string, string>.Empty, body);
        return HandlerRequest.Of(read.Call("echo", new Value.Request(request)), DateTimeOffset.UnixEpoch);
    }
}
