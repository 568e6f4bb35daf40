using System.Collections.Concurrent;
using EdgeOperator.Hub.Identities;

namespace EdgeOperator.Hub.Mqtt;

/// <summary>The sessions that are connected to this process, one for each identity.</summary>
internal sealed class LiveSessions
{
    private readonly ConcurrentDictionary<IdentityKey, DeviceSession> _sessions = new();
    private readonly ConcurrentDictionary<IdentityKey, TaskCompletionSource> _waiting = new();

    public int Count => _sessions.Count;

    public IEnumerable<DeviceSession> All => _sessions.Values;

    public DeviceSession? Find(IdentityKey key) => _sessions.GetValueOrDefault(key);

    /// <returns>The session before it, which the caller closes.</returns>
    public DeviceSession? Add(DeviceSession session)
    {
        DeviceSession? before = null;
        _sessions.AddOrUpdate(session.Key, session, (_, existing) =>
        {
            before = existing;
            return session;
        });
        return before;
    }

    /// <summary>Removes a session, unless another one is in its place.</summary>
    public void Remove(DeviceSession session) => _sessions.TryRemove(KeyValuePair.Create(session.Key, session));

    /// <summary>Wakes who waits for something about an identity: that it connects, or subscribes.</summary>
    public void Signal(IdentityKey key)
    {
        if (_waiting.TryRemove(key, out var waiting))
            waiting.TrySetResult();
    }

    /// <returns>A session that satisfies the condition; null when there is none in time.</returns>
    public async Task<DeviceSession?> WaitAsync(IdentityKey key, Func<DeviceSession, bool> condition, TimeSpan timeout, TimeProvider time, CancellationToken cancellation)
    {
        if (Find(key) is { } now && condition(now))
            return now;
        if (timeout <= TimeSpan.Zero)
            return null;
        var deadline = Task.Delay(timeout, time, cancellation);
        while (true)
        {
            // Before looking, so that what happens after the look is not missed.
            var waiting = _waiting.GetOrAdd(key, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
            if (Find(key) is { } session && condition(session))
                return session;
            if (await Task.WhenAny(waiting.Task, deadline) != deadline)
                continue;

            // Others may wait for the same: they go on by one of their own.
            if (_waiting.TryRemove(KeyValuePair.Create(key, waiting)))
                waiting.TrySetResult();
            return null;
        }
    }
}
