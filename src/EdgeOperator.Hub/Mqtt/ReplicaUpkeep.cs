using EdgeOperator.Core.Hub;
using EdgeOperator.Hub.Replicas;
using EdgeOperator.Hub.Storage;

namespace EdgeOperator.Hub.Mqtt;

/// <summary>
/// Says again and again that this replica lives, and notes the end of connections to those that don't. A replica that was given up while it
/// lived, because it was cut off or stood still, ends its connections: devices come back, to it or to another one.
/// </summary>
internal sealed partial class ReplicaUpkeep(IHubStore store, LiveSessions sessions, HubConfiguration configuration, TimeProvider time, ILogger<ReplicaUpkeep> log) : IHostedService, IDisposable
{
    /// <summary>For how long devices of a replica that has died still count as connected.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(3);

    private readonly IReplicaStore? _replicas = store as IReplicaStore;
    private readonly CancellationTokenSource _stop = new();
    private readonly string? _address = ReplicaAddress.Of(configuration);
    private Task _running = Task.CompletedTask;
    private long _steadySince;

    // Before anybody connects: until then it is unknown to the others.
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (_replicas is null)
            return;
        await _replicas.RenewAsync(_address, Lease, cancellationToken);
        _steadySince = time.GetTimestamp();
        _running = RunAsync(_replicas);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stop.CancelAsync();
        await _running;
        try
        {
            await (_replicas?.LeaveAsync(cancellationToken) ?? Task.CompletedTask);
        }
        catch (StoreException e)
        {
            CannotRenew(log, e);
        }
    }

    public void Dispose() => _stop.Dispose();

    private async Task RunAsync(IReplicaStore replicas)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token))
                await RenewAsync(replicas);
        }
        catch (OperationCanceledException)
        {
            // The hub stops.
        }
    }

    private async Task RenewAsync(IReplicaStore replicas)
    {
        try
        {
            if (!await replicas.RenewAsync(_address, Lease, _stop.Token))
                EndAll();

            // When the database was away, the others get the time to say that they live.
            if (time.GetElapsedTime(_steadySince) > Lease && await replicas.DisconnectDeadAsync(time.GetUtcNow(), _stop.Token) is var ended and > 0)
                Ended(log, ended);
        }
        catch (StoreException e)
        {
            CannotRenew(log, e);
            _steadySince = time.GetTimestamp();
        }
    }

    private void EndAll()
    {
        GivenUp(log);
        foreach (var session in sessions.All)
            session.Close();
    }
}
