using EdgeOperator.Agent.Storage;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Git;

namespace EdgeOperator.Agent.Sources;

/// <summary>Where manifests come from: one configured source.</summary>
public interface ISource
{
    SourceConfiguration Configuration { get; }

    /// <summary>What it is and where, for people: <c>git</c>, <c>https://…</c> without credentials.</summary>
    (string Kind, string Location) Description { get; }

    /// <summary>Looks for something newer than what is known; failures are results, not exceptions.</summary>
    /// <exception cref="OperationCanceledException">The caller gave up; nothing is left running.</exception>
    Task<FetchResult> FetchAsync(FetchRequest request, CancellationToken cancellation);

    /// <summary>Delivers once more what it has delivered before. A source that keeps no older states can while it is its newest.</summary>
    /// <param name="artifact">The artifact's id; what is fetched has the same.</param>
    /// <exception cref="OperationCanceledException">The caller gave up; nothing is left running.</exception>
    async Task<FetchResult> FetchAgainAsync(string artifact, CancellationToken cancellation) => await FetchAsync(new(Known: null), cancellation) switch
    {
        FetchResult.Fetched fetched when fetched.Artifact.Id != artifact => new FetchResult.Failed(FetchReasons.NotFound, $"it is at {fetched.Artifact.Display} now, and keeps no older states"),
        var result => result,
    };

    /// <summary>Calls <paramref name="changed"/> when a fetch is worth while before the interval is over. Runs until cancelled.</summary>
    Task WatchAsync(Action changed, CancellationToken cancellation);
}

/// <param name="Known">The artifact id that the caller already has on disk, fetched under the same settings; or null.</param>
/// <param name="AllowRewind">An operator accepts, this once, a signed commit that is not a descendant of the one that was verified last.</param>
/// <param name="Previous">
/// The artifact id of the source in the newest revision that is kept, where it is not known any more what the source delivered last.
/// </param>
/// <param name="Progressed">Is called when a long download has come further: the time for a fetch counts anew.</param>
public readonly record struct FetchRequest(string? Known, bool AllowRewind = false, string? Previous = null, Action? Progressed = null);

/// <summary>What a fetch brought. The hierarchy is closed.</summary>
public abstract record FetchResult
{
    private FetchResult()
    {
    }

    internal static Failed Of(FetchException failure) => new(failure.Reason, failure.Message);

    public sealed record Unchanged : FetchResult;

    public sealed record Fetched(Artifact Artifact) : FetchResult
    {
        /// <summary>From where to where the source went back, as an operator has accepted; null when it did not.</summary>
        public string? Rewind { get; init; }
    }

    /// <param name="Reason">One CamelCase word: <c>Unreachable</c>, <c>Unverified</c>, <c>NotFound</c>, <c>Refused</c> …</param>
    public sealed record Failed(string Reason, string Message) : FetchResult;
}
