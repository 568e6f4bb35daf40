using System.Globalization;

namespace EdgeOperator.Platform.Processes;

/// <summary>
/// Control groups (version 2) below the agent's own, where the service manager has handed that over: with systemd,
/// <c>Delegate=</c> and <c>DelegateSubgroup=agent</c>. A group with members can't have limited ones below it, so where the
/// agent is not in a group of its own there are no limits.
/// </summary>
/// <param name="root">Where version 2 is mounted.</param>
/// <param name="ownGroup">The agent's own line of <c>/proc/self/cgroup</c>.</param>
public sealed class ControlGroups(string root = "/sys/fs/cgroup", string ownGroup = "/proc/self/cgroup")
{
    private const string AgentsOwn = "agent";
    private const int Period = 100_000;

    /// <summary>Makes a group with these limits, or sets them anew.</summary>
    /// <param name="cpus">Billionths of a processor; null for no limit.</param>
    /// <param name="memory">Bytes; null for no limit.</param>
    /// <returns>The group's folder; null when no limits can be had here.</returns>
    public string? Prepare(string name, long? cpus, long? memory)
    {
        if (Parent() is not { } parent)
            return null;
        var group = Path.Combine(parent, name);
        try
        {
            Directory.CreateDirectory(group);
            if (!File.Exists(Path.Combine(group, "memory.max")))
                File.WriteAllText(Path.Combine(parent, "cgroup.subtree_control"), "+cpu +memory +pids");
            File.WriteAllText(Path.Combine(group, "cpu.max"), cpus is { } billionths ? Text($"{billionths / (1_000_000_000 / Period)} {Period}") : Text($"max {Period}"));
            File.WriteAllText(Path.Combine(group, "memory.max"), memory is { } bytes ? Text($"{bytes}") : "max");
            return group;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Remove(name);
            return null;
        }
    }

    /// <summary>Removes a group that has no members any more.</summary>
    public void Remove(string name)
    {
        try
        {
            if (Parent() is { } parent && Path.Combine(parent, name) is var group && Directory.Exists(group))
                Directory.Delete(group);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // An empty group does no harm.
        }
    }

    /// <summary>The group that has been handed to the agent.</summary>
    private string? Parent()
    {
        if (!File.Exists(ownGroup) || !File.Exists(Path.Combine(root, "cgroup.controllers")))
            return null;
        var own = File.ReadLines(ownGroup).FirstOrDefault(line => line.StartsWith("0::/", StringComparison.Ordinal))?[4..];
        return own is not null && Path.GetFileName(own) == AgentsOwn ? Path.Combine(root, Path.GetDirectoryName(own)!) : null;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
