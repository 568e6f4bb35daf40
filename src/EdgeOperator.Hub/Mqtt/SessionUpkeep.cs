using EdgeOperator.Core.Hub;
using EdgeOperator.Hub.Storage;
using EdgeOperator.Hub.Twins;

namespace EdgeOperator.Hub.Mqtt;

/// <summary>
/// What goes on beside the connections: changes reach those that they concern, silent sessions and those whose proof has ended
/// are closed, and the store is trimmed.
/// </summary>
internal sealed partial class SessionUpkeep(
    LiveSessions sessions, ChangeFeed changes, IEnumerable<IChangeHandler> handlers, IHubStore store, HubMetrics metrics, HubConfiguration configuration, TimeProvider time, ILogger<SessionUpkeep> log) : IHostedService, IDisposable
{
    private static readonly TimeSpan SweepInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan TrimInterval = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan KeepChanges = TimeSpan.FromHours(1);

    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var last = await store.LastChangeAsync(cancellationToken);
        _running = Task.WhenAll(changes.RunAsync(last, Deliver, _stop.Token), SweepAsync(), TrimAsync());
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stop.CancelAsync();
        await _running;
    }

    public void Dispose() => _stop.Dispose();

    private void Deliver(Change change)
    {
        foreach (var handler in handlers)
            handler.Handle(change);
        if (sessions.Find(change.Key) is not { } session)
            return;
        switch (change.Kind)
        {
            case ChangeKind.Desired:
                session.NotifyDesired(change.Body!, change.Version);
                metrics.FanOut(time.GetUtcNow() - change.At);
                break;
            case ChangeKind.Message:
                _ = SendMessagesAsync(session);
                break;
            case ChangeKind.Disconnect:
            case ChangeKind.TakenOver when session.Epoch < change.Version:
                session.Close();
                break;
            default:
                break;
        }
    }

    private async Task SendMessagesAsync(DeviceSession session)
    {
        try
        {
            await session.SendMessagesAsync(store, session.Channel.Closed);
        }
        catch (Exception e) when (e is StoreException or OperationCanceledException)
        {
            // What was not sent is sent with the next message, or the next connection.
            NotSent(log, session.Key.ToString(), e);
        }
    }

    private async Task SweepAsync()
    {
        using var timer = new PeriodicTimer(SweepInterval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token))
            {
                var now = time.GetUtcNow();
                foreach (var session in sessions.All)
                    if (session.IsOver(now))
                        session.Close();
            }
        }
        catch (OperationCanceledException)
        {
            // The hub stops.
        }
    }

    private async Task TrimAsync()
    {
        using var timer = new PeriodicTimer(TrimInterval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token))
                await TrimOnceAsync();
        }
        catch (OperationCanceledException)
        {
            // The hub stops.
        }
    }

    private async Task TrimOnceAsync()
    {
        try
        {
            var now = time.GetUtcNow();
            await store.TrimAsync(now - configuration.Telemetry.MaxAge, configuration.Telemetry.MaxMessages, now - KeepChanges, _stop.Token);
        }
        catch (StoreException e)
        {
            NotTrimmed(log, e);
        }
    }
}
