using System.Collections.Immutable;
using System.Globalization;
using EdgeOperator.Core.Kinds.SystemUpdate;
using EdgeOperator.Core.Kinds.SystemUpdate.Packages;
using EdgeOperator.Platform.Processes;

namespace EdgeOperator.Agent.Kinds.SystemUpdate.Packages;

/// <summary>
/// The processes of container engines. Some packages restart theirs, and end all containers with it; others, Debian's docker.io among them, leave the
/// one that runs alone, in the version from before.
/// </summary>
internal static class EngineProcesses
{
    /// <summary>Those that run now, of the packages that are changed.</summary>
    public static ImmutableArray<RunningProcess> Of(IEnumerable<PackageChange> changes)
    {
        var names = changes.Select(change => NameOf(change.Name)).OfType<string>().ToHashSet();
        if (names.Count == 0 || !Directory.Exists("/proc"))
            return [];
        var found = ImmutableArray.CreateBuilder<RunningProcess>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id) && NameOf(id) is { } name
                && names.Contains(name) && ProcessStat.Of(id) is { IsZombie: false } stat)
                found.Add(new(name, id, stat.StartTime));
        }

        return [.. found.OrderBy(process => process.Id)];
    }

    /// <summary>Whether this very process still runs, in the same boot.</summary>
    public static bool Runs(RunningProcess process) => ProcessStat.Of(process.Id) is { IsZombie: false } stat && stat.StartTime == process.StartTime;

    // Others, such as runc and podman, have no process that stays.
    private static string? NameOf(string package) => package switch
    {
        "docker.io" or "docker-ce" or "moby-engine" => "dockerd",
        "containerd" or "containerd.io" or "moby-containerd" => "containerd",
        _ => null,
    };

    private static string? NameOf(int id)
    {
        try
        {
            return File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{id}/comm")).TrimEnd('\n');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It has ended.
            return null;
        }
    }
}
