using EdgeOperator.Agent.Clock;

namespace EdgeOperator.Agent.Kinds.SystemUpdate.Reboots;

/// <summary>Tells one boot of a system from another.</summary>
internal static class BootName
{
    // Field 22 of /proc/PID/stat (proc(5)), counted from behind the program's name in brackets.
    private const int StartTime = 19;

    /// <summary>
    /// The kernel's id of the boot, and when the first process began: that of a container comes and goes without its kernel. Null on systems that have
    /// no such id.
    /// </summary>
    /// <param name="root">The system's root folder: the first process of another system than this one is not to be seen.</param>
    public static string? Of(string root) => SteadyClock.ThisBoot is not { } kernel ? null : root == "/" && FirstBegan() is { } began ? $"{kernel} {began}" : kernel;

    private static string? FirstBegan()
    {
        try
        {
            var stat = File.ReadAllText("/proc/1/stat");
            return stat[(stat.LastIndexOf(')') + 2)..].Split(' ') is { Length: > StartTime } fields ? fields[StartTime] : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
