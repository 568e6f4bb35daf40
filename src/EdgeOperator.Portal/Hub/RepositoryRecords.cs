using System.Text.Json.Nodes;

namespace EdgeOperator.Portal.Hub;

/// <summary>A Git repository that the hub follows, and how far it is.</summary>
public sealed record HubRepository
{
    public string Name { get; init; } = "";

    public JsonObject Spec { get; init; } = [];

    public DateTime Updated { get; init; }

    public string By { get; init; } = "";

    public string? Commit { get; init; }

    public string? Display { get; init; }

    public string? Subject { get; init; }

    public string? Author { get; init; }

    public DateTime? Committed { get; init; }

    /// <summary>When it was in order last.</summary>
    public DateTime? Synced { get; init; }

    public DateTime? Tried { get; init; }

    /// <summary>What had the commit found.</summary>
    public string? FoundBy { get; init; }

    public string Signature { get; init; } = "";

    public IReadOnlyList<HubCondition> Conditions { get; init; } = [];

    /// <summary>The commit that waits for approval.</summary>
    public string? Pending { get; init; }

    /// <summary>The fleets that it owns.</summary>
    public IReadOnlyList<string> Fleets { get; init; } = [];

    /// <summary>Of all that it owns, of which the first are in <see cref="Fleets"/>.</summary>
    public long FleetCount { get; init; }

    public HubCondition? Ready => Conditions.FirstOrDefault(condition => condition.Type == "Ready");

    public bool HasWebhook => HubJson.Map(Spec, "webhook") is not null;
}

public sealed record HubCondition(string Type, string Status, string Reason, string Message, DateTime? LastTransitionTime);
