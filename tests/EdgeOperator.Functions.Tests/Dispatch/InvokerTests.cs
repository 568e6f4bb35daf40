using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using EdgeOperator.Functions.App;
using EdgeOperator.Functions.Invoking;
using EdgeOperator.Functions.Tests.Workers.CustomHandler;
using EdgeOperator.Testing;
using Microsoft.Extensions.Logging;

namespace EdgeOperator.Functions.Tests.Dispatch;

public sealed class InvokerTests
{
    [Fact]
    public async Task A_thousand_calls_at_once_all_succeed()
    {
        using var app = new HandlerApp();
        var read = app.Read(HandlerApp.Queue, "echo");
        await using var pool = await app.PoolAsync(read, new() { Instances = 2 });
        var invoker = app.Invoker(pool, new Collector());

        var results = await Task.WhenAll(Enumerable.Range(0, 1000).Select(n => invoker.InvokeAsync(
            read.Call("echo", new Value.Text($$"""{"id":{{n}}}""")), CancellationToken.None)));

        results.Select(r => JsonNode.Parse(JsonNode.Parse(r.ReturnValue.Json()!["Data"]!["item"]!.ToString())!.ToString())!["id"]!.GetValue<int>())
            .Should().Equal(Enumerable.Range(0, 1000));
        app.Metrics.Of("echo").Should().BeEquivalentTo(new { Invocations = 1000L, Failures = 0L });
        pool.Report().Should().OnlyContain(r => r.InFlight == 0);
    }

    [Fact]
    public async Task A_hung_function_fails_and_its_worker_is_replaced()
    {
        using var app = new HandlerApp();
        app.Host(rest: ""","functionTimeout": "00:00:01" """);
        var read = app.Read(HandlerApp.Http, "hang", "pid");
        await using var pool = await app.PoolAsync(read);
        var invoker = app.Invoker(pool);
        var hung = pool.Report().Single().ProcessId;

        var result = await invoker.InvokeAsync(read.Call("hang"), CancellationToken.None);

        result.Error.Should().Be("hang did not end within 00:00:01 (functionTimeout in host.json); its worker was killed");
        (await invoker.InvokeAsync(read.Call("pid"), CancellationToken.None)).Body()!.GetValue<int>().Should().NotBe(hung);
        await Eventually.TrueAsync("it has gone", () => !Directory.Exists($"/proc/{hung}"));
    }

    [Fact]
    public async Task A_call_whose_worker_crashes_fails_and_the_next_one_succeeds()
    {
        using var app = new HandlerApp();
        var read = app.Read(HandlerApp.Http, "crash", "pid");
        await using var pool = await app.PoolAsync(read);
        var invoker = app.Invoker(pool);

        var crashed = await invoker.InvokeAsync(read.Call("crash"), CancellationToken.None);

        crashed.Error.Should().Contain("ended with code 3");
        (await invoker.InvokeAsync(read.Call("pid"), CancellationToken.None)).Error.Should().BeNull();
        app.Metrics.Of("crash").LastError.Should().Be(crashed.Error);
    }

    [Fact]
    public async Task An_output_is_written_with_what_its_binding_names()
    {
        using var app = new HandlerApp();
        var read = app.Read(HandlerApp.Queue, "echo");
        await using var pool = await app.PoolAsync(read);
        var outputs = new Collector();

        var result = await app.Invoker(pool, outputs).InvokeAsync(read.Call("echo", new Value.Text("""{"id":"a7"}""")), CancellationToken.None);

        result.Error.Should().BeNull();
        outputs.Written.Should().ContainSingle().Which.Text("path").Should().Be("""{"id":"a7"}/a7""");
    }

    [Fact]
    public async Task A_function_whose_output_leads_nowhere_is_not_run()
    {
        using var app = new HandlerApp();
        var read = app.Read(HandlerApp.Queue, "echo");
        await using var pool = await app.PoolAsync(read);

        var result = await app.Invoker(pool, new Collector()).InvokeAsync(read.Call("echo", new Value.Text("no id")), CancellationToken.None);

        result.Error.Should().Contain("the function is not run: {id} stands for nothing that the trigger knows");
        result.Logs.Should().BeEmpty();
    }

    [Fact]
    public async Task An_output_that_cannot_be_written_is_a_failure()
    {
        using var app = new HandlerApp();
        var read = app.Read(HandlerApp.Queue, "echo");
        await using var pool = await app.PoolAsync(read);

        var result = await app.Invoker(pool, new Collector(new IOException("the disk is full")))
            .InvokeAsync(read.Call("echo", new Value.Text("""{"id":1}""")), CancellationToken.None);

        result.Error.Should().Be("the disk is full");
        result.Logs.Should().HaveCount(2, "what the function logged is kept");
    }

    [Fact]
    public async Task An_output_that_nothing_writes_is_a_failure()
    {
        using var app = new HandlerApp();
        var read = app.Read(HandlerApp.Queue, "echo");
        await using var pool = await app.PoolAsync(read);

        var result = await app.Invoker(pool).InvokeAsync(read.Call("echo", new Value.Text("""{"id":1}""")), CancellationToken.None);

        result.Error.Should().Contain("of the type queue, which is not supported");
    }

    [Fact]
    public async Task An_input_is_read_with_what_its_binding_names_and_a_missing_one_is_null()
    {
        using var app = new HandlerApp();
        var read = app.Read($$"""{{HandlerApp.Queue}}, { "type": "blob", "name": "here", "path": "files/{id}" }, { "type": "blob", "name": "missing", "path": "files/missing" }""", "echo");
        app.Inputs = [new Source("files/a7")];
        await using var pool = await app.PoolAsync(read);

        var result = await app.Invoker(pool, new Collector()).InvokeAsync(read.Call("echo", new Value.Text("""{"id":"a7"}""")), CancellationToken.None);

        result.Error.Should().BeNull();
        var data = result.ReturnValue.Json()!["Data"]!.AsObject();
        data["here"]!.GetValue<string>().Should().Be("\"files/a7\"");
        data["missing"]!.GetValue<string>().Should().Be("null");
    }

    [Theory]
    [InlineData("""{"id":"broken"}""", "the disk fails")]
    [InlineData("""{}""", "{id} stands for nothing that the trigger knows")]
    public async Task A_function_whose_input_can_not_be_read_does_not_run(string message, string error)
    {
        using var app = new HandlerApp();
        var read = app.Read($$"""{{HandlerApp.Queue}}, { "type": "blob", "name": "here", "path": "files/{id}" }""", "echo");
        app.Inputs = [new Source("")];
        await using var pool = await app.PoolAsync(read);

        var result = await app.Invoker(pool, new Collector()).InvokeAsync(read.Call("echo", new Value.Text(message)), CancellationToken.None);

        result.Error.Should().Be(error);
        result.Logs.Should().BeEmpty("the function did not run");
    }

    [Theory]
    [InlineData(2, true, 3)]
    [InlineData(1, false, 2)]
    public async Task A_timer_is_retried_as_its_policy_says(int retries, bool succeeds, int attempts)
    {
        using var app = new HandlerApp();
        app.Host(rest: $$""","retry": { "strategy": "fixedDelay", "maxRetryCount": {{retries}}, "delayInterval": "00:00:00.01" }""");
        var read = app.Read(HandlerApp.Timer, "flaky");
        await using var pool = await app.PoolAsync(read);

        var result = await app.Invoker(pool).InvokeAsync(read.Call("flaky"), CancellationToken.None);

        result.Succeeded.Should().Be(succeeds);
        app.Metrics.Of("flaky").Invocations.Should().Be(attempts);
        if (succeeds)
        {
            result.ReturnValue.Json()!.ToJsonString().Should().Be("""{"RetryCount":2,"MaxRetryCount":2}""");
        }
    }

    [Fact]
    public async Task A_message_is_not_retried_by_a_policy()
    {
        using var app = new HandlerApp();
        app.Host(rest: ""","retry": { "strategy": "fixedDelay", "maxRetryCount": 5, "delayInterval": "00:00:00.01" }""");
        var read = app.Read(HandlerApp.Queue, "flaky");
        await using var pool = await app.PoolAsync(read);

        (await app.Invoker(pool).InvokeAsync(read.Call("flaky"), CancellationToken.None)).Succeeded.Should().BeFalse();

        app.Metrics.Of("flaky").Invocations.Should().Be(1);
    }

    [Fact]
    public async Task Each_invocation_has_its_lines_in_the_log()
    {
        using var app = new HandlerApp();
        var read = app.Read(HandlerApp.Http, "echo", "failing");
        await using var pool = await app.PoolAsync(read);
        var invoker = app.Invoker(pool);
        var (good, bad) = (read.Call("echo"), read.Call("failing"));

        await invoker.InvokeAsync(good, CancellationToken.None);
        await invoker.InvokeAsync(bad, CancellationToken.None);

        app.Log.Lines.Where(l => l.InvocationId == good.Id).Select(l => (l.Category, l.Level)).Should().Equal(
            ("Function.echo.User", LogLevel.Information), ("Function.echo.User", LogLevel.Information), ("Function.echo", LogLevel.Information));
        app.Log.Lines.Single(l => l.InvocationId == bad.Id).Message.Should().Contain("Failed").And.Contain("it went wrong");
    }

    [Fact]
    public async Task A_call_is_in_flight_until_it_ends()
    {
        using var app = new HandlerApp();
        var read = app.Read(HandlerApp.Http, "hang");
        await using var pool = await app.PoolAsync(read);
        using var deadline = new CancellationTokenSource();

        var call = app.Invoker(pool).InvokeAsync(read.Call("hang"), deadline.Token);

        app.Metrics.Of("hang").InFlight.Should().Be(1);
        pool.Report().Single().InFlight.Should().Be(1);
        await deadline.CancelAsync();
        await call.Invoking(c => c).Should().ThrowAsync<OperationCanceledException>();
        app.Metrics.Of("hang").InFlight.Should().Be(0);
    }

    [Fact]
    public async Task An_invocation_without_a_trace_begins_one()
    {
        using var app = new HandlerApp();
        var read = app.Read(HandlerApp.Http, "headers");
        await using var pool = await app.PoolAsync(read);

        var result = await app.Invoker(pool).InvokeAsync(read.Call("headers"), CancellationToken.None);

        result.Body()!["traceparent"]!.ToString().Should().MatchRegex("^00-[0-9a-f]{32}-[0-9a-f]{16}-01$");
    }

    private sealed class Source(string path) : IInput
    {
        public bool Handles(Binding binding) => binding.Type == "blob";

        public Task<Value?> ReadAsync(Binding binding, CancellationToken cancellation) => binding.Text("path") switch
        {
            "files/broken" => throw new IOException("the disk fails"),
            var named => Task.FromResult<Value?>(named == path ? new Value.Text(path) : null),
        };
    }

    private sealed class Collector(Exception? fault = null) : IOutput
    {
        public ConcurrentQueue<Binding> Written { get; } = new();

        public bool Handles(Binding binding) => binding.Type == "queue";

        public Task WriteAsync(Binding binding, Value value, JsonObject metadata, CancellationToken cancellation)
        {
            Written.Enqueue(binding);
            return fault is null ? Task.CompletedTask : Task.FromException(fault);
        }
    }
}
