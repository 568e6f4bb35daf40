using System.Collections.Concurrent;
using EdgeOperator.Agent.Engine;

namespace EdgeOperator.Agent.Kinds.EdgeModule;

/// <summary>
/// What the engine said of single containers, kept until an event is about one of them. Without the event stream
/// nothing is kept.
/// </summary>
internal sealed class InspectCache(IContainerEngine engine)
{
    private readonly ConcurrentDictionary<string, Task<ContainerDetails?>> _known = new();
    private volatile bool _isLive;

    public async Task<ContainerDetails?> GetAsync(ContainerSummary listed, CancellationToken cancellation)
    {
        if (_known.TryGetValue(listed.Id, out var known) && known.IsCompletedSuccessfully)
        {
            var details = await known;
            if (details is not null && !ContainerFacts.Contradicts(listed, details))
            {
                return details;
            }
        }

        return await AskAsync(listed.Id, cancellation);
    }

    /// <summary>The event stream is up (what was known before is forgotten) or down.</summary>
    public void SetLive(bool live)
    {
        _isLive = live;
        _known.Clear();
    }

    /// <returns>Whether something was known.</returns>
    public bool Forget(string container) => _known.TryRemove(container, out _);

    /// <summary>Drops what is known of containers that are no more.</summary>
    public void Retain(IEnumerable<string> containers)
    {
        var there = containers.ToHashSet();
        foreach (var gone in _known.Keys.Where(id => !there.Contains(id)))
        {
            Forget(gone);
        }
    }

    private async Task<ContainerDetails?> AskAsync(string container, CancellationToken cancellation)
    {
        // The entry stands there before the request is sent: an event that comes before the answer takes it away, so
        // an answer from before the event is never kept.
        var answer = new TaskCompletionSource<ContainerDetails?>();
        if (_isLive)
        {
            _known[container] = answer.Task;
        }

        try
        {
            answer.SetResult(await engine.InspectContainerAsync(container, cancellation));
        }
        catch
        {
            _known.TryRemove(KeyValuePair.Create(container, answer.Task));
            throw;
        }

        return await answer.Task;
    }
}
