using System.Collections.Immutable;
using EdgeOperator.Core.Manifests;

namespace EdgeOperator.Core.Planning;

/// <summary>
/// What to do to bring a device to its desired state: a graph of steps, in an order that respects it. An empty plan
/// means that the device is in sync or that all it lacks is blocked.
/// </summary>
/// <param name="Steps">Topologically sorted, and deterministic: equal inputs give equal plans.</param>
/// <param name="Blocked">Resources that the plan leaves alone although they differ, and why.</param>
public sealed record Plan(ImmutableArray<Step> Steps, ImmutableArray<BlockedResource> Blocked)
{
    public static Plan Nothing { get; } = new([], []);

    public bool IsEmpty => Steps.IsEmpty;

    /// <summary>This plan, and beside it what <paramref name="next"/> has to fetch before it can begin.</summary>
    public Plan Merge(Plan next)
    {
        var own = Fetches.Select(fetch => fetch.Id).ToHashSet();
        return this with { Steps = [.. Steps, .. next.Fetches.Where(fetch => !own.Contains(fetch.Id)).Select(fetch => fetch with { Requires = [], After = [] })] };
    }

    /// <summary>The steps that fetch and change nothing that runs.</summary>
    public IEnumerable<Fetch> Fetches => Steps.OfType<Fetch>();

    /// <summary>
    /// Whether nothing is left to fetch, so that a revision may begin. False as well when nobody can tell. What belongs into a
    /// machine that does not run yet is fetched once it does: that is no obstacle.
    /// </summary>
    public bool IsFetched => !Fetches.Any() && !Blocked.Any(block => block is { Reason: BlockedReason.EngineUnavailable, IsProblem: true });
}

/// <summary>A resource that is left alone for now.</summary>
/// <param name="Message">A sentence for people.</param>
/// <param name="Until">When to look again; null when only an outside change can help.</param>
/// <param name="IsProblem">True when somebody must do something; false when that is wanted (suspended) or passes by itself.</param>
public sealed record BlockedResource(ResourceId Resource, BlockedReason Reason, string Message, DateTimeOffset? Until, bool IsProblem)
{
    /// <summary>The reason of the failure that is waited after; null when <see cref="Reason"/> is another one.</summary>
    public string? Failure { get; init; }

    /// <summary>One word for programs: the failure's reason, or else the block's own.</summary>
    public string Word => Failure ?? Reason.ToString();
}
