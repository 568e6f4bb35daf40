using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text;
using EdgeOperator.Agent.Engine;
using EdgeOperator.Core.Kinds.EdgeModule;

namespace EdgeOperator.Agent.Kinds.EdgeModule;

/// <summary>The last lines of containers that have failed, read once for each failure: an event and the history keep them when the container is gone.</summary>
internal sealed class FailureOutput(IContainerEngine engine)
{
    private const int Lines = 5;
    private const int LongestLine = 200;
    private const int LargestRead = 64 * 1024;

    /// <summary>A pass waits for it.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, (Failure Failure, ImmutableArray<string> Lines)> _known = new();

    /// <returns>The container with its last lines; the same when it has not failed.</returns>
    public async Task<ObservedContainer> ReadAsync(ObservedContainer container, ContainerDetails? details, CancellationToken cancellation)
    {
        if (details is null || FailureOf(container) is not { } failure)
            return container;
        if (!_known.TryGetValue(container.Id, out var known) || known.Failure != failure)
            _known[container.Id] = known = (failure, await TailAsync(details, failure.Until, cancellation));
        return known.Lines.IsEmpty ? container : container with { LastLines = known.Lines };
    }

    /// <summary>Forgets containers that are no more.</summary>
    public void Retain(IReadOnlySet<string> containers)
    {
        foreach (var gone in _known.Keys.Where(id => !containers.Contains(id)))
            _known.TryRemove(gone, out _);
    }

    /// <summary>The last lines of a log as they are kept: without what is empty, each cut to a length.</summary>
    internal static ImmutableArray<string> LinesOf(ReadOnlySpan<byte> log) =>
    [
        .. Encoding.UTF8.GetString(log).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .TakeLast(Lines)
            .Select(line => line.Length > LongestLine ? string.Concat(line.AsSpan(0, LongestLine), "…") : line),
    ];

    private static Failure? FailureOf(ObservedContainer container) => container switch
    {
        { Resource: null } => null,
        { Phase: ContainerPhase.Exited or ContainerPhase.Dead, ExitCode: not (null or 0) } => new(container.FinishedAt, Until: null),
        { Phase: ContainerPhase.Restarting } => new(container.FinishedAt, Until: null),
        { Phase: ContainerPhase.Running, Health: ContainerHealth.Unhealthy } => new(container.EngineStartedAt, Until: null),
        { Phase: ContainerPhase.Running, RestartCount: > 0, FinishedAt: { } ended } => new(ended, Until: ended),
        _ => null,
    };

    /// <summary>What can't be read in time is not worth a failed observation.</summary>
    private async Task<ImmutableArray<string>> TailAsync(ContainerDetails container, DateTimeOffset? until, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Timeout);
        using var tail = new TailStream(LargestRead);
        try
        {
            await engine.CopyLogsAsync(container, new(Follow: false, Lines) { Until = until }, tail, limit.Token);
        }
        catch (Exception e) when (e is EngineException || (e is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            // Some log drivers can't be read; what came before the failure is kept.
        }

        return LinesOf(tail.ToArray());
    }

    /// <param name="At">Tells one failure of a container from the next.</param>
    /// <param name="Until">When the run that failed ended, where another one has begun.</param>
    private sealed record Failure(DateTimeOffset? At, DateTimeOffset? Until);
}
