using System.Diagnostics.Metrics;
using System.Text;
using EdgeOperator.Functions.Queues;
using EdgeOperator.Functions.Queues.Embedded;
using EdgeOperator.Functions.Storage;
using EdgeOperator.Testing;
using FsCheck;
using FsCheck.Fluent;

namespace EdgeOperator.Functions.Tests.Queues;

public sealed class EmbeddedQueueTests : IAsyncLifetime, IDisposable
{
    private static readonly TimeSpan Hold = TimeSpan.FromMinutes(10);

    private readonly TempFolder _folder = new();
    private readonly HandClock _clock = new(new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero));
    private HostDatabase _database = null!;
    private EmbeddedQueues _queues = null!;

    private EmbeddedQueue Orders => _queues.Open("orders");

    public Task InitializeAsync() => OpenAsync();

    [Fact]
    public async Task Messages_come_in_their_order_and_are_counted()
    {
        foreach (var text in new[] { "a", "b", "c" })
            await SendAsync(text);

        var first = await ReceiveAsync(2);
        first.Select(Text).Should().Equal("a", "b");
        first[0].Should().BeEquivalentTo(new { DequeueCount = 1, Inserted = _clock.GetUtcNow(), NextVisible = _clock.GetUtcNow() + Hold }, o => o.ExcludingMissingMembers());
        (await ReceiveAsync(2)).Select(Text).Should().Equal("c");
        Orders.Length.Should().Be(3, "they are held, not gone");
    }

    [Fact]
    public async Task A_message_that_is_not_deleted_comes_again()
    {
        await SendAsync("a");
        var lost = (await ReceiveAsync())[0];
        _clock.Advance(Hold - TimeSpan.FromSeconds(1));
        (await ReceiveAsync()).Should().BeEmpty();

        _clock.Advance(TimeSpan.FromSeconds(1));
        var again = (await ReceiveAsync())[0];
        again.DequeueCount.Should().Be(2);
        again.Id.Should().Be(lost.Id);
        (await Orders.DeleteAsync(lost, default)).Should().BeFalse("its receipt is an old one");
        (await Orders.RenewAsync(lost, Hold, default)).Should().BeNull();
        (await Orders.DeleteAsync(again, default)).Should().BeTrue();
        Orders.Length.Should().Be(0);
    }

    [Fact]
    public async Task A_message_that_is_renewed_stays_away()
    {
        await SendAsync("a");
        var message = (await ReceiveAsync())[0];
        _clock.Advance(Hold / 2);
        message = await Orders.RenewAsync(message, Hold, default);
        _clock.Advance(Hold - TimeSpan.FromSeconds(1));
        (await ReceiveAsync()).Should().BeEmpty();
        (await Orders.DeleteAsync(message!, default)).Should().BeTrue();
    }

    [Fact]
    public async Task A_message_is_released_for_later()
    {
        await SendAsync("a");
        await Orders.ReleaseAsync((await ReceiveAsync())[0], TimeSpan.FromSeconds(30), default);
        (await ReceiveAsync()).Should().BeEmpty();
        _clock.Advance(TimeSpan.FromSeconds(30));
        (await ReceiveAsync())[0].DequeueCount.Should().Be(2);
    }

    [Fact]
    public async Task Poison_moves_with_its_content_and_begins_anew()
    {
        await SendAsync("bad");
        await Orders.PoisonAsync((await ReceiveAsync())[0], default);
        (Orders.Length, _queues.Open("orders-poison").Length).Should().Be((0, 1));
        var poison = await _queues.Open("orders-poison").ReceiveAsync(1, Hold, default);
        (Text(poison[0]), poison[0].DequeueCount).Should().Be(("bad", 1));
    }

    [Fact]
    public async Task Everything_is_there_after_a_restart_and_nothing_is_held()
    {
        await SendAsync("a");
        await SendAsync("b");
        await ReceiveAsync(1);
        await Orders.ReleaseAsync((await ReceiveAsync(1))[0], TimeSpan.FromMinutes(1), default);
        await _queues.Open("others").SendAsync("x"u8.ToArray(), default);

        await _database.DisposeAsync();
        await OpenAsync();
        (await ReceiveAsync()).Select(m => (Text(m), m.DequeueCount)).Should().Equal(("a", 2));
        _clock.Advance(TimeSpan.FromMinutes(1));
        (await ReceiveAsync()).Select(m => (Text(m), m.DequeueCount)).Should().Equal(("b", 2));
        _queues.All.Select(q => (q.Name, q.Length)).Should().Equal(("orders", 2), ("others", 1));
    }

    [Fact]
    public async Task Years_before_the_clock_is_set_lose_no_message()
    {
        await SendAsync("before");
        _clock.Set(_clock.GetUtcNow().AddYears(50));
        await SendAsync("after");
        _clock.Set(DateTimeOffset.UnixEpoch);
        (await ReceiveAsync()).Select(Text).Should().Equal("before", "after");
    }

    [Fact]
    public async Task Who_waits_is_woken_by_a_message_a_release_and_the_end_of_a_hold()
    {
        var waiting = Orders.WaitAsync(TimeSpan.FromMinutes(1), default);
        await SendAsync("a");
        await waiting.WaitAsync(Eventually.Deadline);

        var message = (await ReceiveAsync())[0];
        waiting = await WaitingAsync();
        await Orders.ReleaseAsync(message, TimeSpan.FromSeconds(5), default);
        await waiting.WaitAsync(Eventually.Deadline);

        waiting = await WaitingAsync();
        _clock.Advance(TimeSpan.FromSeconds(5));
        await waiting.WaitAsync(Eventually.Deadline);
        (await ReceiveAsync()).Should().HaveCount(1);
    }

    [Fact]
    public async Task A_message_over_the_limit_is_refused()
    {
        await Orders.SendAsync(new byte[QueueMessage.MaxBytes], default);
        await FluentActions.Awaiting(() => Orders.SendAsync(new byte[QueueMessage.MaxBytes + 1], default))
            .Should().ThrowAsync<IOException>().WithMessage("*has 65537 bytes*may have 65536");
    }

    [Fact]
    public async Task Many_senders_and_receivers_lose_and_double_nothing()
    {
        var sent = Enumerable.Range(0, 500).Select(i => $"m{i}").ToArray();
        await Task.WhenAll(sent.Select(SendAsync));
        var received = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            var mine = new List<string>();
            while (await ReceiveAsync(7) is { Length: > 0 } messages)
            {
                mine.AddRange(messages.Select(Text));
                await Task.WhenAll(messages.Select(m => Orders.DeleteAsync(m, default)));
            }

            return mine;
        })));
        received.SelectMany(r => r).Should().BeEquivalentTo(sent);
        Orders.Length.Should().Be(0);
    }

    [Fact]
    public async Task The_depth_is_measured()
    {
        using var meter = new Meter("test");
        _queues.MeasureBy(meter);
        await SendAsync("a");
        await SendAsync("b");
        var seen = new Dictionary<string, long>();
        using var listener = new MeterListener { InstrumentPublished = (i, l) => { if (i.Meter == meter) l.EnableMeasurementEvents(i); } };
        listener.SetMeasurementEventCallback<long>((_, value, tags, _) => seen[(string)tags[0].Value!] = value);
        listener.Start();
        listener.RecordObservableInstruments();
        seen.Should().Equal(new Dictionary<string, long> { ["orders"] = 2 });
    }

    [Fact]
    public void It_behaves_as_a_list_of_messages_would() => Prop.ForAll(
        Arb.From(Gen.ArrayOf(Gen.Choose(0, 5))),
        actions =>
        {
            using var folder = new TempFolder();
            var database = HostDatabase.Open(folder.File("host.db"));
            var queue = EmbeddedQueues.OpenAsync(database, _clock, default).Result.Open("orders");
            var model = new List<string>();
            var held = new Queue<QueueMessage>();
            var next = 0;
            foreach (var action in actions)
            {
                if (action <= 2)
                {
                    queue.SendAsync(Encoding.UTF8.GetBytes($"{next}"), default).Wait();
                    model.Add($"{next++}");
                }
                else if (action == 3)
                {
                    foreach (var message in queue.ReceiveAsync(2, Hold, default).Result)
                        held.Enqueue(message);
                }
                else if (held.TryDequeue(out var message))
                {
                    if (action == 4)
                        queue.ReleaseAsync(message, TimeSpan.Zero, default).Wait();
                    else if (!queue.DeleteAsync(message, default).Result || !model.Remove(Text(message)))
                        return false;
                }
            }

            var left = queue.PeekAsync(int.MaxValue, default).Result.Select(Text).ToArray();
            database.DisposeAsync().AsTask().Wait();
            return left.SequenceEqual(model) && queue.Length == model.Count;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(30));

    public async Task DisposeAsync() => await _database.DisposeAsync();

    public void Dispose() => _folder.Dispose();

    private async Task OpenAsync()
    {
        _database = HostDatabase.Open(_folder.File("host.db"));
        _queues = await EmbeddedQueues.OpenAsync(_database, _clock, default);
    }

    private Task SendAsync(string text) => Orders.SendAsync(Encoding.UTF8.GetBytes(text), default);

    private async Task<QueueMessage[]> ReceiveAsync(int most = 32) => [.. await Orders.ReceiveAsync(most, Hold, default)];

    // Waiting for nothing once is allowed: what woke it may be done with.
    private async Task<Task> WaitingAsync()
    {
        while (true)
        {
            var waiting = Orders.WaitAsync(TimeSpan.FromHours(1), default);
            await Eventually.TrueAsync("it waits or ends", () => waiting.IsCompleted || _clock.Waiting == 1);
            if (!waiting.IsCompleted)
                return waiting;
        }
    }

    private static string Text(QueueMessage message) => Encoding.UTF8.GetString(message.Body.Span);
}
