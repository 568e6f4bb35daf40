using System.Collections.Immutable;
using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.Versioning;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Platform.Streams;

namespace EdgeOperator.Agent.Kinds.VirtualMachine.Tunnel;

/// <summary>Connections to addresses as they are seen from inside of a guest, each of them an ssh that shares the tunnel's connection.</summary>
[SupportedOSPlatform("linux")]
internal static class GuestPort
{
    /// <summary>What ssh says, with -v, once the other side has accepted: the only sign of it that comes before data.</summary>
    private const string Opened = "master session id";

    /// <summary>Bytes; the guest may have ssh show its own words.</summary>
    private const int LongestLine = 64 * 1024;

    /// <param name="machine">The machine's own folder, absolute.</param>
    /// <exception cref="SshTunnelException">Nobody listens there, or the tunnel is not open.</exception>
    public static async Task<Stream> ConnectAsync(string machine, string host, int port, CancellationToken cancellation)
    {
        var folder = new SshTunnelFolder(machine);
        var ssh = Start(
        [
            "-F", folder.Config, "-l", "root", "-o", "ProxyCommand=false", "-v",
            "-W", $"{(host.Contains(':', StringComparison.Ordinal) ? $"[{host}]" : host)}:{port}", MachineAccess.HostAlias,
        ]);
        try
        {
            var words = "";
            var errors = new LineReader(ssh.StandardError.BaseStream, LongestLine, "ssh's messages");
            while (await errors.ReadAsync(cancellation) is { } line)
            {
                if (line.Contains(Opened, StringComparison.Ordinal))
                {
                    _ = ssh.StandardError.BaseStream.CopyToAsync(Stream.Null, CancellationToken.None);
                    return new ProcessStream(ssh);
                }

                // The last that is no remark is what went wrong.
                words = line.StartsWith("debug", StringComparison.Ordinal) || line.StartsWith("OpenSSH_", StringComparison.Ordinal) ? words : line.Trim();
            }

            throw new SshTunnelException(words.Contains("refused by peer", StringComparison.Ordinal)
                ? $"Connection refused: nobody listens on {host}:{port} in the guest of {folder.Name}"
                : $"the guest of {folder.Name} can't be entered{(words.Length > 0 ? $": {words}" : "")}");
        }
        catch
        {
            ProcessStream.End(ssh);
            throw;
        }
    }

    private static Process Start(ImmutableArray<string> arguments)
    {
        var start = new ProcessStartInfo(Ssh.Find("ssh"), arguments)
        {
            WorkingDirectory = "/",
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Clear();
        foreach (var (name, value) in Ssh.Environment)
            start.Environment[name] = value;
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new SshTunnelException($"ssh can't be started: {e.Message}", e);
        }
    }
}
