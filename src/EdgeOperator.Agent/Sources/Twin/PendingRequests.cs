using System.Collections.Concurrent;
using EdgeOperator.Git;

namespace EdgeOperator.Agent.Sources.Twin;

/// <summary>Requests over MQTT that have no answer yet, each known by the id that its answer carries (<c>$rid</c>).</summary>
/// <param name="time">By which an answer is waited for.</param>
internal sealed class PendingRequests<T>(TimeProvider time)
{
    /// <summary>Longer than IoT Hub takes for anything.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, TaskCompletionSource<T>> _waiting = new();

    /// <param name="send">Sends the request with the id that it is given.</param>
    /// <exception cref="TimeoutException">There is no answer after a minute.</exception>
    public async Task<T> SendAsync(Func<string, Task> send, CancellationToken cancellation)
    {
        var request = Guid.NewGuid().ToString("N");
        var answer = _waiting[request] = new(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            await send(request);
            return await answer.Task.WaitAsync(Timeout, time, cancellation);
        }
        finally
        {
            _waiting.TryRemove(request, out _);
        }
    }

    public void Answer(string request, T answer)
    {
        if (_waiting.TryGetValue(request, out var waiting))
            waiting.TrySetResult(answer);
    }

    /// <summary>Ends all that wait: the connection is gone.</summary>
    public void Fail(FetchException reason)
    {
        foreach (var waiting in _waiting.Values)
            waiting.TrySetException(reason);
    }
}
