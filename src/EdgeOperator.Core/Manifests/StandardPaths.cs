namespace EdgeOperator.Core.Manifests;

/// <summary>Where things are on a device whose configuration says nothing else.</summary>
public static class StandardPaths
{
    /// <summary>Virtual machines, in the state's folder.</summary>
    public const string Machines = "vms";

    /// <summary>The agent's own file.</summary>
    public static string Configuration { get; } = OperatingSystem.IsWindows() ? InProgramData("agent.yaml") : "/etc/edgeoperator/agent.yaml";

    /// <summary>What the agent must remember.</summary>
    public static string State { get; } = OperatingSystem.IsWindows() ? InProgramData("State") : "/var/lib/edgeoperator";

    /// <summary>Where the agent listens.</summary>
    public static string Socket { get; } = OperatingSystem.IsWindows() ? @"\\.\pipe\edgeop" : "/run/edgeoperator/edgeop.sock";

    // Where Windows has it that was not told otherwise when it was installed.
    private static string InProgramData(string name) => $@"C:\ProgramData\EdgeOperator\{name}";
}
