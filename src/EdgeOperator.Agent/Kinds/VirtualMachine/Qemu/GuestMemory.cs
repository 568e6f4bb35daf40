using System.Formats.Tar;
using System.Runtime.Versioning;
using EdgeOperator.Agent.Kinds.VirtualMachine.Tunnel;
using EdgeOperator.Agent.Secrets;

namespace EdgeOperator.Agent.Kinds.VirtualMachine.Qemu;

/// <summary>Files in a guest's memory, below <c>/run/edgeop/secrets</c>: over the tunnel, as a tar, so that they are in no command line.</summary>
[SupportedOSPlatform("linux")]
internal sealed class GuestMemory(SshTunnel tunnel) : IMemoryFiles
{
    private const string Root = "/run/edgeop/secrets";

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(20);

    public async Task<string> WriteAsync(string group, IReadOnlyCollection<MemoryFile> files, CancellationToken cancellation)
    {
        var folder = FolderOf(group);
        await RunAsync(
            $"umask 077 && mkdir -p {folder} && case $(stat -f -c %T {folder}) in tmpfs | ramfs) tar -x -p -o -f - -C {folder} ;; *) echo \"/run is no file system in memory\" >&2 && exit 1 ;; esac",
            Tar(files), cancellation);
        return folder;
    }

    public Task DeleteAsync(string group, CancellationToken cancellation) => RunAsync($"rm -rf {FolderOf(group)}", default, cancellation);

    public Task RetainAsync(string prefix, IReadOnlyCollection<string> groups, CancellationToken cancellation) => RunAsync(
        $"cd {Root} 2>/dev/null || exit 0; for group in {prefix}*; do case ' {string.Join(' ', groups)} ' in *\" $group \"*) ;; *) rm -rf \"$group\" ;; esac; done", default, cancellation);

    private static string FolderOf(string group) => $"{Root}/{group}";

    private async Task RunAsync(string command, ReadOnlyMemory<byte> input, CancellationToken cancellation)
    {
        try
        {
            var answer = await tunnel.RunAsync(command, input, Timeout, cancellation);
            if (answer.ExitCode != 0)
                throw new IOException($"in the guest: {answer.LastLine}");
        }
        catch (SshTunnelException e)
        {
            throw new IOException(e.Message, e);
        }
    }

    private static byte[] Tar(IEnumerable<MemoryFile> files)
    {
        using var text = new MemoryStream();
        using (var tar = new TarWriter(text, TarEntryFormat.Gnu, leaveOpen: true))
        {
            foreach (var file in files)
            {
                using var data = new MemoryStream(file.Content.ToArray());
                tar.WriteEntry(new GnuTarEntry(TarEntryType.RegularFile, file.Name) { Mode = file.Mode, ModificationTime = DateTimeOffset.UnixEpoch, DataStream = data });
            }
        }

        return text.ToArray();
    }
}
