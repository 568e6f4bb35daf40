using EdgeOperator.Core.Interop;

namespace EdgeOperator.Agent.Kinds.VirtualMachine.Windows;

/// <summary>
/// Asks a guest that is none of our own image what our image's <c>/usr/lib/edgeop/report</c> tells: lines <c>key value</c>. It needs
/// a POSIX shell and <c>awk</c>; what a guest does not have, it does not tell.
/// </summary>
internal static class ReportScript
{
    /// <param name="folder">Where <see cref="ProvisioningScript"/> left its note.</param>
    public static string Line(string folder) => string.Join("; ",
        "echo boot $(cat /proc/sys/kernel/random/boot_id)",
        "echo uptime $(cut -d. -f1 /proc/uptime)",
        """awk '/^MemTotal:/ { printf "memory.total %.0f\n", $2 * 1024 } /^MemAvailable:/ { printf "memory.available %.0f\n", $2 * 1024 }' /proc/meminfo""",
        """df -kP / 2>/dev/null | awk 'NR == 2 { printf "disk.total %.0f\ndisk.used %.0f\n", $2 * 1024, $3 * 1024 }'""",
        "for a in $(hostname -I 2>/dev/null); do echo address $a; done",
        "v=$(docker version --format '{{.Server.Version}}' 2>/dev/null) && [ -n \"$v\" ] && echo engine $v",
        "n=$(. /etc/os-release 2>/dev/null && echo $PRETTY_NAME); [ -n \"$n\" ] && echo image $n",
        $"p=$(cat {ShellWords.Quote(folder + "/provisioned")} 2>/dev/null); [ -n \"$p\" ] && echo provisioned $p",
        "true");
}
