using System.Collections.Immutable;
using EdgeOperator.Agent.Kinds.SystemUpdate.Packages;
using EdgeOperator.Core.Kinds.SystemUpdate;
using EdgeOperator.Core.Kinds.SystemUpdate.Packages;
using EdgeOperator.Core.Kinds.SystemUpdate.Reboots;
using EdgeOperator.Platform.Files;

namespace EdgeOperator.Agent.Kinds.SystemUpdate.Reboots;

/// <summary>Why a device should be rebooted: what packages themselves say, and what is known of those that the agent has changed in this boot.</summary>
internal static class RebootReasons
{
    /// <summary>Written by maintainer scripts and unattended-upgrades; the names of packages are in <c>.pkgs</c> beside it.</summary>
    public const string Flag = "/run/reboot-required";

    private const int LargestList = 64 * 1024;
    private const int Named = 8;

    public static ImmutableArray<string> Find(PackageTools tools, PackageTransaction? last, DeviceReboot? reboot, string? boot)
    {
        var reasons = ImmutableArray.CreateBuilder<string>();
        if (boot is not null && last is { IsOver: true } && last.Boot == boot)
        {
            if (last.Phase == TransactionPhase.Applied)
            {
                reasons.AddRange(last.Changes.Where(PackageRequest.NeedsReboot).Take(Named).Select(change => $"{change}"));
                reasons.AddRange(last.Engines.Where(EngineProcesses.Runs).Select(engine => $"{engine.Name} runs in the version from before its update"));
            }
            else if (last.Phase == TransactionPhase.WentBack && reboot is { Phase: RebootPhase.Failed } && reboot.Transaction == last.Id)
                reasons.Add($"{PackageText.Short(last.Changes)}: taken back");
        }

        if (File.Exists(tools.PathOf(Flag)))
            reasons.Add(Packages(tools) is { Length: > 0 } packages ? $"{Flag} ({packages})" : Flag);
        return reasons.ToImmutable();
    }

    private static string Packages(PackageTools tools)
    {
        try
        {
            var names = ReferencedFile.ReadText(tools.PathOf(Flag + ".pkgs"), LargestList).Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Distinct().ToList();
            return string.Join(", ", names.Take(Named)) + (names.Count > Named ? $" and {names.Count - Named} more" : "");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
