using System.Collections.Immutable;
using EdgeOperator.Core.Kinds.SystemUpdate;
using EdgeOperator.Core.Kinds.SystemUpdate.Releases;

namespace EdgeOperator.Agent.Kinds.SystemUpdate.Releases;

/// <summary>A device's version of the agent as people want to see it.</summary>
internal static class ReleaseDescription
{
    public const string Current = "current";

    /// <summary>In two words, and some details.</summary>
    public static (string State, string Summary) Of(AgentRelease release, ObservedUpdates observed, ImmutableSortedDictionary<string, string>.Builder details)
    {
        if (observed.Agent is not { } found)
            return ("unknown", $"edgeop {release.Version}");
        details["agent"] = found.Running;
        if (found.Trial is { } trial)
            details["agentOnTrial"] = $"{trial.To}, after {trial.From}";
        if (found.Failed is { } failed)
            details["agentTakenBack"] = $"{failed.Version}: {failed.Reason}";
        return found.Trial is not null ? ("on trial", $"edgeop {found.Running}")
            : found.Running == release.Version ? (Current, $"edgeop {found.Running}")
            : ("outdated", $"edgeop {found.Running}, should be {release.Version}");
    }
}
