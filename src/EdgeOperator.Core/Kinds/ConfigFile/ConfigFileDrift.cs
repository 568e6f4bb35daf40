using EdgeOperator.Core.Kinds.EdgeModule;
using EdgeOperator.Core.Manifests;

namespace EdgeOperator.Core.Kinds.ConfigFile;

/// <summary>How a file differs from what is desired.</summary>
internal static class ConfigFileDrift
{
    /// <summary>For people; null when it does not differ.</summary>
    public static string? Of(ConfigFileSpec desired, ObservedConfigFile? observed) => observed switch
    {
        null or { Exists: false } => "it is missing",
        _ when observed.ContentHash != desired.ContentHash => "its content differs",
        _ when observed.Mode != desired.Mode => $"its mode is {Octal(observed.Mode)}, not {Octal(desired.Mode)}",
        { OwnerMatches: false } => $"its owner is not {desired.Owner}",
        _ => null,
    };

    /// <summary>
    /// Whether the file's <c>onChange</c> action is still to be run. A module that was started after the write, or does
    /// not run, has no need of a restart.
    /// </summary>
    public static bool IsActionDue(ConfigFileSpec desired, ObservedConfigFile? observed, Engines engines)
    {
        if (desired.OnChange is null || observed is not { ActionPending: true })
            return false;
        return desired.OnChange is not FileAction.RestartModule restart || engines.OwnedBy(new(KindNames.EdgeModule, restart.Module))
            .Any(container => ModuleContainers.IsActive(container) && !(container.StartedAt >= observed.WrittenAt));
    }

    private static string Octal(int mode) => Convert.ToString(mode, 8).PadLeft(4, '0');
}
