using System.Runtime.Versioning;
using System.Text;
using EdgeOperator.Core.Kinds.VirtualMachine;
using EdgeOperator.Platform.Files;

namespace EdgeOperator.Agent.Kinds.VirtualMachine.Tunnel;

/// <summary>The keys of a machine's tunnel: four, and one for each user of the guest that may call what not all may. They are made once and stay: the guest keeps its half.</summary>
[SupportedOSPlatform("linux")]
internal static class MachineKeys
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    /// <summary>Makes what is missing. A key that is damaged is made anew; the guest gets its half with the next seed.</summary>
    /// <exception cref="SshTunnelException">ssh-keygen is missing or failed.</exception>
    public static async Task EnsureAsync(SshTunnelFolder folder, MachineInterop interop, TimeProvider time, CancellationToken cancellation)
    {
        PrivateFolder.Create(folder.Keys);
        foreach (var key in (string[])[folder.ClientKey, folder.GuestKey, folder.CallerKey, folder.HostKey, .. interop.NamedGuestUsers.Select(folder.CallerKeyOf)])
        {
            if (!Begins(key, "-----BEGIN OPENSSH PRIVATE KEY-----") || !Begins(key + ".pub", "ssh-ed25519 "))
                await MakeAsync(key, $"{Path.GetFileName(key)} of {folder.Name}", time, cancellation);
        }
    }

    /// <summary>The public half: type and key, without a comment.</summary>
    public static string Public(string key) => string.Join(' ', File.ReadAllText(key + ".pub").Split(' ', '\n').Take(2));

    private static bool Begins(string file, string start)
    {
        if (!File.Exists(file))
            return false;
        Span<byte> found = stackalloc byte[start.Length];
        using var stream = File.OpenRead(file);
        return stream.ReadAtLeast(found, found.Length, throwOnEndOfStream: false) == found.Length && Encoding.ASCII.GetString(found) == start;
    }

    // The public half comes last, by a rename: when it is there, all of the private one is.
    private static async Task MakeAsync(string key, string comment, TimeProvider time, CancellationToken cancellation)
    {
        var made = key + ".new";
        foreach (var file in (string[])[key, key + ".pub", made, made + ".pub"])
            StateFile.Delete(file);
        using var deadline = new CancellationTokenSource(Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellation);
        await Ssh.RunAsync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", comment, "-f", made], either.Token);
        File.Move(made, key);
        Posix.SyncFileSystem(Path.GetDirectoryName(key)!);
        File.Move(made + ".pub", key + ".pub");
    }
}
