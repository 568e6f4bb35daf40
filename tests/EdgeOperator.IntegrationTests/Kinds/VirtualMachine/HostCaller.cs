using System.Collections.Immutable;
using System.Diagnostics;
using System.Runtime.Versioning;
using EdgeOperator.Agent.Kinds.VirtualMachine.Tunnel;
using EdgeOperator.Core.Interop;
using EdgeOperator.Testing;
using EdgeOperator.Testing.Devices;

namespace EdgeOperator.IntegrationTests.Kinds.VirtualMachine;

/// <summary>Calls programs of the host as a guest does, through the socket that leads there, with the guest's key.</summary>
[SupportedOSPlatform("linux")]
internal sealed class HostCaller(LoopbackGuest guest)
{
    private readonly SshTunnelFolder _folder = new(guest.Folder);

    public static async Task<HostCaller> ForAsync(LoopbackGuest guest, SshTunnelTarget target)
    {
        var tunnel = guest.Tunnel(edgeop: await EdgeopBinary.PathAsync());
        await Eventually.TrueAsync("it is open", () => tunnel.OpenAsync(target, CancellationToken.None));
        var caller = new HostCaller(guest);
        await Eventually.TrueAsync("it listens", () => File.Exists(caller._folder.HostSocket) || !target.HasPrograms);
        return caller;
    }

    public Task<GuestRun> CallAsync(string program, params string[] arguments) => CallAsync(new HostCall("/", null, [], program, [.. arguments]));

    public Task<GuestRun> CallAsync(HostCall call, byte[]? input = null) => RunAsync(_folder.CallerKey, input ?? [], call.Passed, [call.ToString()]);

    public Task<GuestRun> RunAsync(string key, byte[] input, params string[] words) => RunAsync(key, input, "", words);

    /// <param name="variables">What is passed beside the command.</param>
    /// <param name="words">Options of ssh, the host being left out, and the command.</param>
    private async Task<GuestRun> RunAsync(string key, byte[] input, string variables, string[] words)
    {
        var known = guest.State.Write("known", $"host {MachineKeys.Public(_folder.HostKey)}\n");
        ImmutableArray<string> options =
        [
            "-F", "none", "-i", key, "-o", "IdentitiesOnly=yes", "-o", "BatchMode=yes", "-o", "LogLevel=ERROR", "-o", "HostKeyAlias=host",
            "-o", $"UserKnownHostsFile={known}", "-o", "StrictHostKeyChecking=yes", "-o", $"ProxyCommand=nc.openbsd -U {_folder.HostSocket}",
        ];
        using var ssh = Process.Start(new ProcessStartInfo("ssh", [.. options, "-o", $"SendEnv={HostCall.PassedName}", .. words[..^1], "host", words[^1]])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { [HostCall.PassedName] = variables },
        })!;
        var output = new MemoryStream();
        var reading = ssh.StandardOutput.BaseStream.CopyToAsync(output);
        var complaining = ssh.StandardError.ReadToEndAsync();
        await ssh.StandardInput.BaseStream.WriteAsync(input);
        ssh.StandardInput.Close();
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        await ssh.WaitForExitAsync(deadline.Token);
        await reading;
        return new(ssh.ExitCode, output.ToArray(), await complaining);
    }
}
