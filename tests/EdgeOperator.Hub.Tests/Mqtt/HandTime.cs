using System.Collections.Concurrent;

namespace EdgeOperator.Hub.Tests.Mqtt;

/// <summary>Its timers fire when the test says so.</summary>
internal sealed class HandTime : TimeProvider
{
    private readonly ConcurrentDictionary<HeldTimer, TimeSpan> _timers = [];

    /// <summary>Fires the timers that were set for so long, and are not disposed.</summary>
    public void Elapse(TimeSpan due)
    {
        foreach (var timer in _timers.Where(t => t.Value == due).Select(t => t.Key).ToArray())
            timer.Fire();
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new HeldTimer(this, () => callback(state));
        _timers[timer] = dueTime;
        return timer;
    }

    private sealed class HeldTimer(HandTime time, Action fire) : ITimer
    {
        public void Fire() => fire();

        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose() => time._timers.TryRemove(this, out _);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
