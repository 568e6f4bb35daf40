using System.Collections.Immutable;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Core.State;

namespace EdgeOperator.Cli;

/// <summary>How the newest revision fared, as far as a device shows it from the outside. Pure.</summary>
internal static class HealthGate
{
    /// <returns>Null when it is not decided yet; an error that carries the exit code; or what success there was.</returns>
    public static GateResult? Judge(DeviceStatus status, ImmutableArray<HistoryRecord> history)
    {
        if (status.Sources.FirstOrDefault(s => s.Ready.Status == ConditionStatus.False) is { } source)
            return Failed($"source {source.Name} ({source.Location}) does not deliver: {source.Ready.Message}");

        if (status.Suspended)
            return Failed("the device is suspended: `edgeop resume` ends that");

        if (status.HeldAt is { } held)
            return Failed($"the device is held at {held} by a roll-back: `edgeop resume` ends that");

        if (status.Desired is not { } desired)
            return status.Sources.IsEmpty && status.LastPassAt is not null ? Failed("no source is configured: add one to spec.sources") : null;

        var run = history.FirstOrDefault(h => h.Revision == desired.Id && !h.IsReboot);
        return run?.Outcome switch
        {
            RevisionOutcome.RolledBack => Failed($"{desired.Display} failed and was rolled back: {run.Reason}"),
            RevisionOutcome.Invalid => new(ExitCode.InvalidInput, $"{desired.Display} is refused: {run.Reason}"),
            _ when status.Conditions.Find(Condition.Stalled) is { Status: ConditionStatus.True } stalled && stalled.ObservedRevision == desired.Id => Failed($"{desired.Display}: {stalled.Message}"),
            _ when status.Applied?.Id != desired.Id => null,
            _ when status.LastGood?.Id == desired.Id && (Is(status, Condition.Ready) || IsComplete(status)) => new(ExitCode.Done, $"{desired.Display}: {Message(status, Condition.Ready)}"),
            _ when (status.LastGood is null || status.LastGood.Id == desired.Id) && Is(status, Condition.Stalled) => Failed($"{desired.Display}: {Message(status, Condition.Stalled)}"),
            _ => null,
        };
    }

    /// <summary>What is still missing, for people.</summary>
    public static string Missing(DeviceStatus status) =>
        $"{status.Desired?.Display ?? "no revision"}: {Message(status, Condition.Ready) ?? "nothing is known of it yet"}";

    /// <summary>Whether nothing is missing but what an operator has suspended.</summary>
    private static bool IsComplete(DeviceStatus status) => status.Conditions.Find(Condition.Ready)?.Reason == nameof(BlockedReason.Suspended);

    private static GateResult Failed(string message) => new(ExitCode.Failed, message);

    private static bool Is(DeviceStatus status, string type) =>
        status.Conditions.Any(c => c.Type == type && c.Status == ConditionStatus.True);

    private static string? Message(DeviceStatus status, string type) => status.Conditions.FirstOrDefault(c => c.Type == type)?.Message;
}

/// <param name="Message">What to tell: of a success on standard output, of anything else as an error.</param>
internal sealed record GateResult(int ExitCode, string Message);
