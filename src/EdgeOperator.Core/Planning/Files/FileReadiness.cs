using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Planning.Modules;
using EdgeOperator.Core.State;

namespace EdgeOperator.Core.Planning.Files;

/// <summary>Whether a file is as desired and its action done.</summary>
internal static class FileReadiness
{
    /// <summary>Whether its content, mode and owner are as desired, whatever its action has done.</summary>
    public static bool IsWritten(FileResource file, ObservedState observed) =>
        observed.Files.GetValueOrDefault(file.File.Path) is { Refused: null } found && FileDrift.Of(file.File, found) is null;

    public static ReadinessReport Assess(FileResource file, ObservedState observed, Engines engines)
    {
        var found = observed.Files.GetValueOrDefault(file.File.Path);
        if (found?.Refused is { } refusal)
            return new(file.Id, ReadinessLevel.Failed, HoldReason.PathRefused, refusal);
        if (FileDrift.Of(file.File, found) is { } drift)
            return new(file.Id, ReadinessLevel.Progressing, "Drifted", drift);
        return FileDrift.IsActionDue(file.File, found, engines)
            ? new(file.Id, ReadinessLevel.Progressing, "ActionPending", $"it is written, but its action is still to be done: {file.File.OnChange}")
            : new(file.Id, ReadinessLevel.Ready, "InSync", "it is as desired");
    }
}
