namespace EdgeOperator.Core.Text;

/// <summary>What somebody types on this system to start and stop services and to read their logs, for messages.</summary>
public static class ServiceCommands
{
    // `net`, because PowerShell has an `sc` of its own.
    public static string StartAgent { get; } = OperatingSystem.IsWindows() ? "`net start edgeop`" : "`systemctl start edgeop`";

    public static string RestartAgent { get; } = OperatingSystem.IsWindows() ? "`net stop edgeop` and `net start edgeop`" : "`systemctl restart edgeop`";

    public static string AgentLog { get; } = OperatingSystem.IsWindows() ? "the log Application of the event viewer (source edgeop)" : "`journalctl -u edgeop`";

    public static string StartEngine { get; } = OperatingSystem.IsWindows() ? "`net start docker`" : "`systemctl start docker`";

    public static string RestartEngine { get; } = OperatingSystem.IsWindows() ? "net stop docker, net start docker" : "systemctl restart containerd docker";
}
