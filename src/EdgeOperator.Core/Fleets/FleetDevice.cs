using System.Collections.Immutable;

namespace EdgeOperator.Core.Fleets;

/// <summary>A device of a fleet as its twin and its connection show it.</summary>
public sealed record FleetDevice(string Name, ImmutableSortedDictionary<string, string> Labels)
{
    public bool IsConnected { get; init; }

    /// <summary>The revision that its twin asks for; null for none.</summary>
    public string? Assigned { get; init; }

    /// <summary>The revision that it reports to be kept equal to; null when it reports none.</summary>
    public string? Applied { get; init; }

    /// <summary>It reports Ready for <see cref="Applied"/>.</summary>
    public bool IsReady { get; init; }

    /// <summary>It does its work: it is Ready, or has gone back to a good revision by itself.</summary>
    public bool IsAvailable { get; init; }

    /// <summary>Why it has given up on <see cref="Assigned"/>; null while it has not.</summary>
    public string? Failure { get; init; }

    /// <summary>Why it is not Ready, in its own words; null when it says nothing.</summary>
    public string? Message { get; init; }

    /// <summary>It reports this very revision, and Ready.</summary>
    public bool Has(string revision) => IsReady && Applied == revision && Assigned == revision;
}
