using System.Collections.Immutable;
using System.Text;
using System.Text.Json.Nodes;
using EdgeOperator.Functions.Invoking;
using EdgeOperator.Functions.Workers;
using EdgeOperator.Testing;
using Microsoft.Extensions.Logging;

namespace EdgeOperator.Functions.Tests.Node;

/// <summary>Functions with other triggers, or other outputs, than HTTP.</summary>
public sealed class NodeInvokeTests : IAsyncLifetime
{
    private TestApp _app = null!;

    public async Task InitializeAsync() => _app = await TestApp.StartAsync("node-commonjs");

    public async Task DisposeAsync() => await _app.DisposeAsync();

    [Fact]
    public async Task A_timer_gets_its_schedule_and_the_retry_it_is_in()
    {
        var result = await InvokeAsync("tick", new Value.Json(JsonNode.Parse("""{"IsPastDue":true,"ScheduleStatus":{"Last":"2026-01-01T00:00:00Z"}}""")), retry: 2);

        Json(result.ReturnValue).Should().Be(
            """{"timer":{"isPastDue":true,"scheduleStatus":{"last":"2026-01-01T00:00:00Z"}},"retry":{"retryCount":2,"maxRetryCount":5}}""");
    }

    [Theory]
    [InlineData("plain text", "plain text", "string")]
    [InlineData("""{"a":[1,"ü"]}""", """{"a":[1,"ü"]}""", "object")]
    public async Task A_message_is_parsed_where_it_is_JSON(string message, string seen, string type)
    {
        var result = await InvokeAsync("job", new Value.Text(message), new JsonObject { ["DequeueCount"] = 4 });

        var value = ((Value.Json)result.ReturnValue!).Content!;
        value["type"]!.ToString().Should().Be(type);
        (type == "string" ? value["message"]!.ToString() : Json(new Value.Json(value["message"]))).Should().Be(seen);
        value["dequeueCount"]!.GetValue<int>().Should().Be(4);
    }

    [Fact]
    public async Task Bytes_arrive_as_bytes()
    {
        var result = await InvokeAsync("job", new Value.Bytes(new byte[] { 0, 255 }));

        ((Value.Json)result.ReturnValue!).Content!["type"]!.ToString().Should().Be("bytes");
    }

    [Fact]
    public async Task Outputs_are_named_by_their_bindings()
    {
        var result = await InvokeAsync("job", new Value.Text("x"));

        var also = _app.Function("job").Bindings.Single(b => b.Text("queueName") == "also").Name;
        Json(result.Outputs.Should().ContainSingle().Which.Value).Should().Be("""["first",{"second":2}]""");
        result.Outputs.Keys.Should().Equal(also);
    }

    [Fact]
    public async Task A_failure_has_the_functions_words()
    {
        var result = await InvokeAsync("job", new Value.Text("fail"));

        result.Succeeded.Should().BeFalse();
        result.Error.Should().Contain("Error: a bad message").And.Contain("others.js");
    }

    [Fact]
    public async Task Return_values_keep_their_kind()
    {
        (await ReturnedAsync("text")).Should().Be(new Value.Text("plain"));
        Json(await ReturnedAsync("number")).Should().Be("42");
        Json(await ReturnedAsync("fraction")).Should().Be("1.5");
        Json(await ReturnedAsync("truth")).Should().Be("true");
        (await ReturnedAsync("nothing")).Should().BeNull();
        ((Value.Bytes)(await ReturnedAsync("bytes"))!).Content.ToArray().Should().Equal(1, 2, 255);
    }

    [Fact]
    public async Task An_HTTP_function_with_other_outputs_is_called_with_its_request()
    {
        var request = new HttpInput(
            "POST", "http://device/api/enqueue/7", [new("Content-Type", "text/plain")], [], ImmutableSortedDictionary<string, string>.Empty.Add("id", "7"), Encoding.UTF8.GetBytes("wörk"));
        var result = await InvokeAsync("enqueue", new Value.Request(request));

        var answer = ((Value.Response)result.ReturnValue!).Content;
        answer.Status.Should().Be(202);
        answer.Headers.Should().Contain(new KeyValuePair<string, string>("x-id", "7"));
        Encoding.UTF8.GetString(answer.Body.Span).Should().Be("accepted");
        result.Outputs.Values.Should().Equal(new Value.Text("7: wörk"));
    }

    [Fact]
    public async Task Logs_tell_function_invocation_and_level()
    {
        var request = new HttpInput("GET", "http://device/api/logs", [], [], ImmutableSortedDictionary<string, string>.Empty, null);
        var invocation = Call("logs", new Value.Request(request));
        await _app.Worker.InvokeAsync(invocation, CancellationToken.None);

        (LogLevel, string)[] expected =
        [
            (LogLevel.Trace, "at trace"),
            (LogLevel.Debug, "at debug"),
            (LogLevel.Information, "at information { with: [ 'a', 'value' ] }"),
            (LogLevel.Warning, "at warning"),
            (LogLevel.Error, "at error"),
            (LogLevel.Information, "by console"),
            (LogLevel.Error, "by console.error"),
        ];
        await Eventually.SucceedsAsync(() => _app.Log.Lines.Where(l => l.InvocationId == invocation.Id && l.Category == "Function.logs.User" && l.Function == "logs")
            .Select(l => (l.Level, l.Message)).Should().Equal(expected));
        await Eventually.SucceedsAsync(() => _app.Log.Lines.Should().Contain(l => l.Category == "Host.Worker" && l.Message == "by stdout"));
    }

    [Fact]
    public async Task A_killed_process_is_told_and_fails_the_calls_in_it()
    {
        await using var app = await TestApp.OfAsync("require('@azure/functions').app.timer('hangs', { schedule: '* * * * *', handler: () => new Promise(() => console.log('in it')) });");
        var call = app.Worker.InvokeAsync(
            new(Invocation.NewId(), app.Functions[0], ImmutableSortedDictionary<string, Value>.Empty.Add(app.Functions[0].Trigger.Name, new Value.Json(null)), []), CancellationToken.None);
        await Eventually.SucceedsAsync(() => app.Log.Text.Should().Contain("in it"));

        await Shell.RunAsync("kill", "-9", $"{app.Worker.ProcessId}");

        (await app.Worker.Ended).Should().StartWith("node was killed (SIGKILL)");
        await call.Invoking(c => c).Should().ThrowAsync<WorkerLostException>().WithMessage("node was killed (SIGKILL)*");
    }

    [Fact]
    public async Task A_stop_lets_what_runs_come_to_its_end()
    {
        await using var app = await TestApp.OfAsync("""
            require('@azure/functions').app.timer('slow', { schedule: '* * * * *', handler: async () => {
                console.log('in it');
                await new Promise((resolve) => setTimeout(resolve, 300));
                return 'done';
            } });
            """);
        var call = app.Worker.InvokeAsync(
            new(Invocation.NewId(), app.Functions[0], ImmutableSortedDictionary<string, Value>.Empty.Add(app.Functions[0].Trigger.Name, new Value.Json(null)), []), CancellationToken.None);
        await Eventually.SucceedsAsync(() => app.Log.Text.Should().Contain("in it"));

        await app.Worker.StopAsync(TimeSpan.FromSeconds(30));

        (await call).ReturnValue.Should().Be(new Value.Text("done"));
    }

    private async Task<Value?> ReturnedAsync(string kind) => (await InvokeAsync($"returns_{kind}", new Value.Text("x"))).ReturnValue;

    private Task<InvocationResult> InvokeAsync(string function, Value trigger, JsonObject? metadata = null, int retry = 0) =>
        _app.Worker.InvokeAsync(Call(function, trigger, metadata) with { RetryCount = retry }, CancellationToken.None);

    private Invocation Call(string name, Value trigger, JsonObject? metadata = null)
    {
        var function = _app.Function(name);
        return new(Invocation.NewId(), function, ImmutableSortedDictionary<string, Value>.Empty.Add(function.Trigger.Name, trigger), metadata ?? []);
    }

    private static string Json(Value? value) => ((Value.Json)value!).Content!.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
