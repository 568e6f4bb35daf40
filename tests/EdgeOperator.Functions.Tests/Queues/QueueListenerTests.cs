using System.Text;
using System.Text.Json.Nodes;
using EdgeOperator.Functions.App;
using EdgeOperator.Functions.Invoking;
using EdgeOperator.Functions.Queues;
using EdgeOperator.Functions.Queues.Embedded;
using EdgeOperator.Functions.Storage;
using EdgeOperator.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeOperator.Functions.Tests.Queues;

public sealed class QueueListenerTests : IAsyncLifetime, IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly HandClock _clock = new(new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly Recorder _functions = new();
    private HostDatabase _database = null!;
    private EmbeddedQueues _queues = null!;
    private QueueListener? _listener;

    private EmbeddedQueue Orders => _queues.Open("orders");

    public async Task InitializeAsync()
    {
        _database = HostDatabase.Open(_folder.File("host.db"));
        _queues = await EmbeddedQueues.OpenAsync(_database, _clock, default);
    }

    [Fact]
    public async Task A_message_is_given_to_the_function_and_deleted()
    {
        await SendAsync("""{"order":7}""");
        Listen();
        await EmptyAsync();

        var call = _functions.Calls.Should().ContainSingle().Subject;
        call.Inputs["message"].Should().Be(new Value.Text("""{"order":7}"""));
        call.Metadata["DequeueCount"]!.GetValue<int>().Should().Be(1);
        call.Metadata["InsertionTime"]!.GetValue<string>().Should().Be("2026-05-01T12:00:00+00:00");
        call.Metadata["NextVisibleTime"]!.GetValue<string>().Should().Be("2026-05-01T12:10:00+00:00");
        call.Metadata["queueTrigger"]!.GetValue<string>().Should().StartWith("{\"order\"");
        call.Metadata["Id"]!.GetValue<string>().Should().MatchRegex("^[0-9a-f-]{36}$");
        call.Metadata.Should().ContainKeys("PopReceipt", "ExpirationTime");
    }

    [Fact]
    public async Task Properties_of_a_message_are_known_before_its_own_data_of_the_same_name()
    {
        await SendAsync("""{"id":"a7","order":7,"lines":[1],"none":null}""");
        Listen();
        await EmptyAsync();

        var metadata = _functions.Calls.Should().ContainSingle().Subject.Metadata;
        metadata["Id"]!.GetValue<string>().Should().Be("a7");
        metadata["order"]!.GetValue<string>().Should().Be("7");
        metadata["DequeueCount"]!.GetValue<int>().Should().Be(1);
        metadata.Should().NotContainKeys("lines", "none");
        BindingExpression.Resolve("{id}", BindingData.Of(_functions.Calls[0]), default).Should().Be("a7");
    }

    [Fact]
    public async Task A_message_that_becomes_the_SDKs_own_type_is_not_changed_by_what_it_says()
    {
        await SendAsync("""{"Id":"a7"}""");
        Listen(trigger: new() { ["properties"] = new JsonObject { ["supportsDeferredBinding"] = "True" } });
        await EmptyAsync();

        _functions.Calls.Should().ContainSingle().Which.Metadata["Id"]!.GetValue<string>().Should().MatchRegex("^[0-9a-f-]{36}$");
    }

    [Fact]
    public async Task Bytes_stay_bytes()
    {
        await Orders.SendAsync(new byte[] { 0xff, 0xfe, 0 }, default);
        Listen();
        await EmptyAsync();
        ((Value.Bytes)_functions.Calls[0].Inputs["message"]).Content.ToArray().Should().Equal(0xff, 0xfe, 0);
    }

    [Fact]
    public async Task A_message_that_comes_later_wakes_the_listener_at_once()
    {
        Listen();
        await Eventually.TrueAsync("it waits", () => _clock.Waiting > 0);
        await SendAsync("late");
        await EmptyAsync();
        _functions.Calls.Should().HaveCount(1);
    }

    [Fact]
    public async Task A_message_that_fails_five_times_goes_to_poison()
    {
        _functions.Answer = (_, _) => Task.FromResult(InvocationResult.Failed("no"));
        await SendAsync("bad");
        Listen();
        await Eventually.TrueAsync("it is poison", () => _queues.Open("orders-poison").Length == 1);
        _functions.Calls.Select(c => c.Metadata["DequeueCount"]!.GetValue<int>()).Should().Equal(1, 2, 3, 4, 5);
        Orders.Length.Should().Be(0);
    }

    [Fact]
    public async Task A_message_that_no_host_has_lived_to_finish_goes_to_poison_without_another_try()
    {
        await SendAsync("deadly");
        for (var deaths = 0; deaths < 2; deaths++)
            await Orders.ReceiveAsync(1, TimeSpan.Zero, default);

        Listen(new() { MaxDequeueCount = 2 });

        await Eventually.TrueAsync("it is poison", () => _queues.Open("orders-poison").Length == 1);
        _functions.Calls.Should().BeEmpty();
    }

    [Fact]
    public async Task A_message_that_failed_stays_away_for_the_visibility_timeout()
    {
        _functions.Answer = (_, _) => Task.FromResult(InvocationResult.Failed("no"));
        await SendAsync("bad");
        Listen(new() { VisibilityTimeout = TimeSpan.FromMinutes(3), MaxPollingInterval = TimeSpan.FromMinutes(10) });
        await WaitsAsync(calls: 1);
        _clock.Advance(TimeSpan.FromMinutes(2.9));
        await WaitsAsync(calls: 1);

        // It may have been put back a little after its function had failed.
        await Eventually.TrueAsync("it came again", () =>
        {
            _clock.Advance(TimeSpan.FromMinutes(0.1));
            return _functions.Calls.Count == 2;
        });
    }

    [Fact]
    public async Task No_more_run_at_once_than_a_batch_and_the_threshold()
    {
        var gate = new TaskCompletionSource();
        _functions.Answer = async (_, _) =>
        {
            await gate.Task;
            return Recorder.Success;
        };
        for (var i = 0; i < 30; i++)
            await SendAsync($"{i}");
        Listen(new() { BatchSize = 4, NewBatchThreshold = 2 });
        await Eventually.TrueAsync("a batch runs", () => _functions.Running == 4);
        gate.SetResult();
        await EmptyAsync();
        _functions.MostAtOnce.Should().BeInRange(4, 6);
        _functions.Calls.Should().HaveCount(30);
    }

    [Fact]
    public async Task A_message_stays_held_however_long_its_function_runs()
    {
        var end = new TaskCompletionSource<InvocationResult>();
        _functions.Answer = (_, _) => end.Task;
        await SendAsync("slow");
        Listen();
        await Eventually.TrueAsync("it runs", () => _functions.Running == 1);
        for (var i = 0; i < 40; i++)
        {
            await Eventually.TrueAsync("the renewal waits", () => _clock.Waiting > 1);
            _clock.Advance(TimeSpan.FromMinutes(1));
        }

        _functions.Calls.Should().HaveCount(1);
        end.SetResult(Recorder.Success);
        await EmptyAsync();
        _functions.Calls.Should().HaveCount(1);
    }

    [Fact]
    public async Task Who_drains_waits_for_what_runs_and_leaves_the_rest_to_the_next()
    {
        var end = new TaskCompletionSource<InvocationResult>();
        _functions.Answer = (_, _) => end.Task;
        await SendAsync("a");
        await SendAsync("b");
        Listen(new() { BatchSize = 1, NewBatchThreshold = 0 });
        await Eventually.TrueAsync("one runs", () => _functions.Running == 1);
        var drained = _listener!.DrainAsync(default);
        drained.IsCompleted.Should().BeFalse();
        end.SetResult(Recorder.Success);
        await drained;
        (_functions.Calls.Count, Orders.Length).Should().Be((1, 1));

        await _listener.DisposeAsync();
        Listen();
        await EmptyAsync();
        _functions.Calls.Should().HaveCount(2);
    }

    [Fact]
    public async Task What_is_abandoned_comes_again_at_once()
    {
        _functions.Answer = async (_, cancellation) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellation);
            return Recorder.Success;
        };
        await SendAsync("a");
        Listen();
        await Eventually.TrueAsync("it runs", () => _functions.Running == 1);
        using var impatient = new CancellationTokenSource();
        var drained = _listener!.DrainAsync(impatient.Token);
        await impatient.CancelAsync();
        await drained;
        (await Orders.ReceiveAsync(1, TimeSpan.FromMinutes(1), default)).Should().ContainSingle().Which.DequeueCount.Should().Be(2);
    }

    public async Task DisposeAsync()
    {
        if (_listener is not null)
            await _listener.DisposeAsync();
        await _database.DisposeAsync();
    }

    public void Dispose() => _folder.Dispose();

    private void Listen(QueueSettings? settings = null, JsonObject? trigger = null)
    {
        var binding = new Binding("message", "queueTrigger", BindingDirection.In, trigger ?? []);
        var function = new FunctionDefinition("Take", [binding]) { Folder = _folder };
        _listener = new(function, Orders, settings ?? new(), _functions, _clock, NullLogger<QueueListener>.Instance);
        _listener.Start();
    }

    private Task SendAsync(string text) => Orders.SendAsync(Encoding.UTF8.GetBytes(text), default);

    private Task EmptyAsync() => Eventually.TrueAsync("the queue is empty", () => Orders.Length == 0);

    // Until the listener has nothing to do: it waits long, for the message that is away.
    private Task WaitsAsync(int calls) => Eventually.TrueAsync(
        "the listener waits", () => _functions.Calls.Count == calls && _functions.Running == 0 && _clock.Waiting == 1);
}
