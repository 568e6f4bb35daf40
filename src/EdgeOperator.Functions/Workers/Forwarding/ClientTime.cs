namespace EdgeOperator.Functions.Workers.Forwarding;

/// <summary>
/// How long a forwarded request has waited for its client: for more of the body that it sends, or until it has taken the answer.
/// A function's time limit is for the function alone, so this time does not count.
/// </summary>
public sealed class ClientTime(TimeProvider time)
{
    private readonly Lock _lock = new();
    private bool _awaitsBody;
    private bool _awaitsReader;
    private long _since;
    private long _waited;

    /// <summary>Whether the client is what the request waits for.</summary>
    public bool IsAwaited
    {
        get
        {
            lock (_lock)
            {
                return _awaitsBody || _awaitsReader;
            }
        }
    }

    /// <summary>In all, until now.</summary>
    public TimeSpan Waited
    {
        get
        {
            lock (_lock)
            {
                return time.GetElapsedTime(0, _waited + (_awaitsBody || _awaitsReader ? time.GetTimestamp() - _since : 0));
            }
        }
    }

    /// <param name="awaited">Whether more of the request's body has to come from the client before anything can be sent on.</param>
    internal void AwaitBody(bool awaited) => Set(ref _awaitsBody, awaited);

    /// <param name="awaited">Whether the client has to take a part of the answer before more of it is read.</param>
    internal void AwaitReader(bool awaited) => Set(ref _awaitsReader, awaited);

    private void Set(ref bool flag, bool value)
    {
        lock (_lock)
        {
            var before = _awaitsBody || _awaitsReader;
            flag = value;
            var after = _awaitsBody || _awaitsReader;
            if (before != after)
            {
                var now = time.GetTimestamp();
                _waited += before ? now - _since : 0;
                _since = now;
            }
        }
    }
}
