using System.Collections.Immutable;
using EdgeOperator.Core.Kinds.VirtualMachine;

namespace EdgeOperator.Agent.Kinds.VirtualMachine.Qemu;

/// <summary>The host's program that serves folders to guests by virtiofs, and what it can do.</summary>
/// <param name="IsQemus">It is the one that came with QEMU before version 8, which takes other options.</param>
/// <param name="CanRefuseWrites">Whether it can serve a folder that the guest can't write to, whatever the guest does.</param>
internal sealed record Virtiofsd(string Program, bool IsQemus, bool CanRefuseWrites)
{
    /// <summary>
    /// Device files and file capabilities would be the host's, as set-user-ID bits would, which <see cref="Platform.Processes.SetIdFilter"/>
    /// refuses.
    /// </summary>
    private const string Capabilities = "-mknod:-setfcap";

    public bool CanServe(SharedFolder folder) => !folder.ReadOnly || CanRefuseWrites;

    /// <summary>
    /// The folder becomes the process's root, so that no link leads out of it. What the guest has read is read again whenever it opens a file: shared
    /// mappings of kernels before 6.6 take pages that are kept for as long. Names and sizes are asked for each time where that can be had so.
    /// </summary>
    public ImmutableArray<string> ArgumentsOf(SharedFolder folder, string socket) => IsQemus
        ?
        [
            "-f", $"--socket-path={socket}", "--rlimit-nofile=0", "-o", $"source={Escape(folder.Host)}", "-o", "sandbox=chroot", "-o", "cache=auto", "-o", "timeout=0", "-o", "xattr",
            "-o", $"modcaps={Capabilities}", "-o", "log_level=warn",
        ]
        :
        [
            $"--socket-path={socket}", "--rlimit-nofile=0", $"--shared-dir={folder.Host}", "--sandbox=chroot", "--xattr", $"--modcaps={Capabilities}", "--log-level=warn",
            .. folder.ReadOnly ? ["--readonly", "--cache=never", "--allow-mmap"] : (ImmutableArray<string>)["--cache=auto"],
        ];

    private static string Escape(string value) => value.Replace(@"\", @"\\", StringComparison.Ordinal).Replace(",", @"\,", StringComparison.Ordinal);
}
