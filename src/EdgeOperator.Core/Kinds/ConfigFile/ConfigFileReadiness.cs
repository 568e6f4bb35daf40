using EdgeOperator.Core.Kinds.EdgeModule;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.State;

namespace EdgeOperator.Core.Kinds.ConfigFile;

/// <summary>Whether a file is as desired and its action done.</summary>
internal static class ConfigFileReadiness
{
    /// <summary>Whether its content, mode and owner are as desired, whatever its action has done.</summary>
    public static bool IsWritten(ConfigFileResource file, ObservedState observed) =>
        observed.Files.GetValueOrDefault(file.File.Path) is { Refused: null } found && ConfigFileDrift.Of(file.File, found) is null;

    public static ReadinessReport Assess(ConfigFileResource file, ObservedState observed, Engines engines)
    {
        var found = observed.Files.GetValueOrDefault(file.File.Path);
        if (found?.Refused is { } refusal)
            return new(file.Id, ReadinessLevel.Failed, nameof(BlockedReason.PathRefused), refusal);
        if (ConfigFileDrift.Of(file.File, found) is { } drift)
            return new(file.Id, ReadinessLevel.Progressing, "Drifted", drift);
        return ConfigFileDrift.IsActionDue(file.File, found, engines)
            ? new(file.Id, ReadinessLevel.Progressing, "ActionPending", $"it is written, but its action is still to be done: {file.File.OnChange}")
            : new(file.Id, ReadinessLevel.Ready, "InSync", "it is as desired");
    }
}
