using System.Threading.Channels;
using EdgeOperator.Hub.Replicas;
using EdgeOperator.Hub.Storage;
using EdgeOperator.Hub.Storage.Sqlite;
using EdgeOperator.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeOperator.Hub.Tests.Replicas;

public sealed class LeadershipTests : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private readonly SecretBox _secrets;
    private readonly SqliteStore _store;

    public LeadershipTests()
    {
        _secrets = SecretBox.Open(_folder.File("secrets.key"));
        _store = SqliteStore.Open(_folder.File("hub.db"), _secrets, isServer: true);
    }

    [Fact]
    public async Task One_leads_and_another_one_follows_when_it_ends_with_a_greater_term()
    {
        var led = Channel.CreateUnbounded<(string Who, LeadershipTerm Term)>();
        using var stopFirst = new CancellationTokenSource();
        using var stopSecond = new CancellationTokenSource();

        var first = LeadAsync("a", led.Writer, stopFirst.Token);
        var (_, term) = await led.Reader.ReadAsync();
        var second = LeadAsync("b", led.Writer, stopSecond.Token);
        led.Reader.TryRead(out _).Should().BeFalse();
        await stopFirst.CancelAsync();
        await first;

        var (who, next) = await led.Reader.ReadAsync();
        who.Should().Be("b");
        next.Number.Should().BeGreaterThan(term.Number);
        (await _store.WriteDocumentAsync(new("k", "a", "1", "{}"), null, term, default)).Should().BeFalse();
        await stopSecond.CancelAsync();
        await second;
    }

    [Fact]
    public async Task Work_that_fails_begins_anew_in_another_term()
    {
        using var stop = new CancellationTokenSource();
        var terms = new List<long>();

        await New("a").RunAsync("work", (term, _) =>
        {
            terms.Add(term.Number);
            if (terms.Count == 1)
                throw new InvalidOperationException("once");
            return stop.CancelAsync();
        }, stop.Token);

        terms.Should().HaveCount(2).And.BeInAscendingOrder().And.OnlyHaveUniqueItems();
    }

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        _secrets.Dispose();
        _folder.Dispose();
    }

    private Leadership New(string replica) => new(_store, new(replica), TimeProvider.System, NullLogger<Leadership>.Instance);

    private Task LeadAsync(string replica, ChannelWriter<(string Who, LeadershipTerm Term)> led, CancellationToken stop) => New(replica).RunAsync(
        "work",
        async (term, ended) =>
        {
            await led.WriteAsync((replica, term), CancellationToken.None);
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, ended);
        },
        stop);
}
