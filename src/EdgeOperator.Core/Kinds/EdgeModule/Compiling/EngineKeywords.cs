using System.Collections.Frozen;
using System.Globalization;
using System.Text.RegularExpressions;

namespace EdgeOperator.Core.Kinds.EdgeModule.Compiling;

/// <summary>Words that the kernel and the engines know. Where Docker and Podman differ, both are let through.</summary>
internal static partial class EngineKeywords
{
    private const StringComparison IgnoreCase = StringComparison.OrdinalIgnoreCase;

    // capabilities(7).
    private static readonly FrozenSet<string> Capabilities = Set(
        """
        AUDIT_CONTROL AUDIT_READ AUDIT_WRITE BLOCK_SUSPEND BPF CHECKPOINT_RESTORE CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID
        IPC_LOCK IPC_OWNER KILL LEASE LINUX_IMMUTABLE MAC_ADMIN MAC_OVERRIDE MKNOD NET_ADMIN NET_BIND_SERVICE NET_BROADCAST NET_RAW
        PERFMON SETFCAP SETGID SETPCAP SETUID SYSLOG SYS_ADMIN SYS_BOOT SYS_CHROOT SYS_MODULE SYS_NICE SYS_PACCT SYS_PTRACE SYS_RAWIO
        SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG WAKE_ALARM ALL
        """);

    // getrlimit(2).
    private static readonly FrozenSet<string> Limits = Set(
        "as core cpu data fsize locks memlock msgqueue nice nofile nproc rss rtprio rttime sigpending stack");

    // signal(7), by number and by the names that engines read.
    private static readonly FrozenSet<string> Signals = Set(
        """
        ABRT ALRM BUS CHLD CLD CONT FPE HUP ILL INT IO IOT KILL PIPE POLL PROF PWR QUIT SEGV STKFLT STOP SYS TERM TRAP TSTP TTIN TTOU
        UNUSED URG USR1 USR2 VTALRM WINCH XCPU XFSZ RTMIN RTMAX
        """);

    // sysctl(8): those that belong to an IPC namespace.
    private static readonly FrozenSet<string> IpcParameters = Set(
        "kernel.msgmax kernel.msgmnb kernel.msgmni kernel.sem kernel.shmall kernel.shmmax kernel.shmmni kernel.shm_rmid_forced kernel.shm_next_id kernel.msg_next_id kernel.sem_next_id");

    private static readonly FrozenSet<string> SecurityKeys = Set(
        "label apparmor seccomp no-new-privileges writable-cgroups credentialspec mask unmask proc-opts");

    private static readonly FrozenSet<string> BindOptions = Set(
        """
        ro rw z Z nocopy copy shared rshared slave rslave private rprivate unbindable runbindable consistent cached delegated default
        U O idmap exec noexec suid nosuid dev nodev bind rbind upperdir workdir no-dereference
        """);

    private static readonly FrozenSet<string> Propagations = Set("shared rshared slave rslave private rprivate unbindable runbindable");

    private static readonly FrozenSet<string> TmpfsOptions = Set(
        """
        defaults ro rw exec noexec suid nosuid dev nodev sync async dirsync remount mand nomand atime noatime diratime nodiratime relatime
        norelatime strictatime nostrictatime bind rbind unbindable runbindable private rprivate shared rshared slave rslave
        size mode uid gid nr_inodes nr_blocks mpol huge tmpcopyup notmpcopyup
        """);

    private static readonly FrozenSet<string> VolumesFromOptions = Set("ro rw z Z nocopy shared rshared slave rslave private rprivate");

    public static bool IsCapability(string text) =>
        Capabilities.Contains(text.StartsWith("CAP_", IgnoreCase) ? text[4..] : text, IgnoreCase) && !text.Equals("CAP_ALL", IgnoreCase);

    public static bool IsLimit(string name) => Limits.Contains(name, IgnoreCase);

    /// <summary>A signal by its number from 1 to 64, or by name, such as <c>SIGTERM</c>, <c>TERM</c> or <c>SIGRTMIN+3</c>.</summary>
    public static bool IsSignal(string text)
    {
        if (text.Length == 0)
            return true;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return number is >= 1 and <= 64;
        var name = text.StartsWith("SIG", IgnoreCase) ? text[3..] : text;
        return Signals.Contains(name, IgnoreCase) || RealTimeSignal().IsMatch(name);
    }

    /// <summary>Whether a kernel parameter belongs to a container's own namespaces. Its parts may be divided by slashes, as in /proc/sys.</summary>
    public static bool IsParameter(string name) =>
        name.Replace('/', '.') is var dotted
        && (IpcParameters.Contains(dotted) || IsNetworkParameter(dotted)
            || (dotted.StartsWith("fs.mqueue.", StringComparison.Ordinal) && dotted.Length > 10) || dotted == "kernel.domainname");

    public static bool IsNetworkParameter(string name) => name.Length > 4 && name.StartsWith("net", StringComparison.Ordinal) && name[3] is ('.' or '/');

    /// <summary>Whether a parameter belongs to an IPC namespace.</summary>
    public static bool IsIpcParameter(string name) => !IsNetworkParameter(name) && name.Replace('/', '.') != "kernel.domainname";

    /// <summary><c>KEY=VALUE</c>, or by an old way <c>KEY:VALUE</c>.</summary>
    public static bool IsSecurityOption(string text)
    {
        var end = text.IndexOfAny(['=', ':']);
        return end < 0 ? text is "no-new-privileges" or "disable" or "writable-cgroups" or "nomask"
            : SecurityKeys.Contains(text[..end], StringComparison.Ordinal) && end + 1 < text.Length
            && (text[..end] is not ("no-new-privileges" or "writable-cgroups") || bool.TryParse(text[(end + 1)..], out _));
    }

    /// <summary>
    /// What stands behind the second colon of a bind: words divided by commas, each once, and one propagation at most. A volume has no
    /// propagation; what is copied into an empty volume is not copied into a path.
    /// </summary>
    public static bool AreBindOptions(string options, bool isVolume)
    {
        if (options.Length == 0)
            return true;
        var words = options.Split(',');
        return words.All(word => BindOptions.Contains(NameOf(word), StringComparison.Ordinal))
            && words.Count(Propagations.Contains) <= (isVolume ? 0 : 1) && (isVolume || !words.Contains("nocopy"))
            && words.Distinct(StringComparer.Ordinal).Count() == words.Length
            && words.Count(word => word is "ro" or "rw") <= 1 && words.Count(word => word is "z" or "Z") <= 1;
    }

    public static bool AreTmpfsOptions(string options) =>
        options.Length == 0 || options.Split(',').All(word => TmpfsOptions.Contains(NameOf(word), StringComparison.Ordinal) && NameOf(word) switch
        {
            "size" => TmpfsSize().IsMatch(word),
            "mode" => TmpfsMode().IsMatch(word),
            "uid" or "gid" => TmpfsId().IsMatch(word),
            _ => true,
        });

    /// <summary><c>CONTAINER[:OPTIONS]</c>.</summary>
    public static bool IsVolumesFrom(string text) =>
        text.Split(':') is [{ Length: > 0 }, .. var options] && options.Length <= 1
        && options.All(list => list.Length == 0 || list.Split(',').All(word => VolumesFromOptions.Contains(word, StringComparison.Ordinal)));

    private static string NameOf(string option) => option.Split('=', 2)[0];

    private static bool Contains(this FrozenSet<string> words, string word, StringComparison comparison) =>
        words.Contains(word) || (comparison == IgnoreCase && words.Any(known => known.Equals(word, IgnoreCase)));

    private static FrozenSet<string> Set(string words) =>
        words.Split([' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries).ToFrozenSet(StringComparer.Ordinal);

    [GeneratedRegex(@"\ART(?:MIN\+(?:[1-9]|1[0-5])|MAX-(?:[1-9]|1[0-4]))\z", RegexOptions.IgnoreCase)]
    private static partial Regex RealTimeSignal();

    [GeneratedRegex(@"\Asize=(?:[0-9]+[kKmMgG]?|[0-9]{1,3}%)\z")]
    private static partial Regex TmpfsSize();

    [GeneratedRegex(@"\Amode=[0-7]{1,5}\z")]
    private static partial Regex TmpfsMode();

    [GeneratedRegex(@"\A[ug]id=[0-9]{1,10}\z")]
    private static partial Regex TmpfsId();
}
