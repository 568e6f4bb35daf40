using EdgeOperator.Core.Protocol;
using EdgeOperator.Core.State;

namespace EdgeOperator.Cli;

/// <summary>What a pass that somebody asked for has come to, as far as a device shows it. Pure.</summary>
internal static class ReconcileResult
{
    /// <summary>What keeps the device from what is desired and does not pass by itself; null when nothing is known to.</summary>
    public static string? Failure(DeviceStatus status)
    {
        if (status.Sources.FirstOrDefault(source => source.Ready.Status == ConditionStatus.False) is { } failing)
            return $"source {failing.Name} ({failing.Location}) does not deliver: {failing.Ready.Message}";
        return status.Conditions.Find(Condition.Stalled) is { Status: ConditionStatus.True } stalled
            ? $"{Revision(status)}: {stalled.Message}"
            : null;
    }

    public static string Describe(DeviceStatus status)
    {
        var ready = status.Conditions.Find(Condition.Ready);
        var verb = ready?.Status == ConditionStatus.True ? "Reconciled at" : "Under way to";
        return $"{verb} {Revision(status)}: {ready?.Message ?? "state unknown"}";
    }

    private static string Revision(DeviceStatus status) => status.Applied?.Display ?? "no revision";
}
