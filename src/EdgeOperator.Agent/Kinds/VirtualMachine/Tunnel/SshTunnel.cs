using System.Collections.Immutable;
using System.Runtime.Versioning;
using EdgeOperator.Core.Kinds.VirtualMachine;
using EdgeOperator.Platform.Processes;

namespace EdgeOperator.Agent.Kinds.VirtualMachine.Tunnel;

/// <summary>
/// A tunnel between the host and one machine's guest: an ssh connection that is a process of its own, so that what it carries
/// (commands of <c>edgeop vm</c>, the engine's socket, the guest's calls of host programs) outlives the agent.
/// </summary>
/// <remarks>
/// Whoever drives the machine puts <see cref="SeedAsync"/>'s files into the guest's seed, calls <see cref="OpenAsync"/> whenever it
/// looks at a machine that runs, and <see cref="CloseAsync"/> before one is stopped or removed. The process's end is reported by the
/// supervisor's <see cref="ProcessSupervisor.WatchAsync"/>.
/// </remarks>
/// <param name="machine">The machine's own folder, <c>vms/NAME</c>, absolute.</param>
/// <param name="edgeop">The command that starts edgeop: <see cref="HostProcess.Own"/>.</param>
[SupportedOSPlatform("linux")]
internal sealed class SshTunnel(string machine, ProcessSupervisor supervisor, ImmutableArray<string> edgeop, TimeProvider time)
{
    private const int MaxOutput = 4 * 1024 * 1024;

    /// <summary>What ssh itself ends with when it can't reach the other side.</summary>
    private const int Unreachable = 255;

    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    /// <summary>Between attempts at a guest whose sshd speaks, and lets nobody in.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly SshTunnelFolder _folder = new(machine);
    private readonly ReverseSshServer _server = new(new(machine), supervisor, edgeop);
    private readonly SshReadinessProbe _probe = new(time);
    private long? _lastAttempt;

    /// <summary>Why there can't be a tunnel in this folder (its path is too long for sockets); null when there can.</summary>
    public string? Problem => _folder.Problem;

    /// <summary>Whether commands can be run now.</summary>
    public bool IsOpen => supervisor.Find(_folder.Path) is not null && File.Exists(_folder.ControlSocket);

    /// <summary>Why the connection was lost or not made; null when it is not known.</summary>
    public string? ExitReason => IsOpen ? null : supervisor.ExitReasonOf(_folder.Path) ?? _probe.Problem;

    /// <summary>A Unix socket of the host that leads to the guest's engine; nobody listens there while the tunnel is not open.</summary>
    public string EngineSocket => _folder.EngineSocket;

    /// <summary>What the seed must hold for the tunnel; keys are created where they are missing.</summary>
    /// <exception cref="SshTunnelException">ssh-keygen is missing or failed.</exception>
    /// <exception cref="IOException">The disk is full or failed.</exception>
    public async Task<ImmutableArray<SeedFile>> SeedAsync(MachineInterop interop, CancellationToken cancellation)
    {
        await MachineKeys.EnsureAsync(_folder, interop, time, cancellation);
        return SeedFile.Of(_folder, interop, Environment.UserName);
    }

    /// <summary>
    /// Opens the connection, again when it was lost or <paramref name="target"/> is another. Does not wait for the
    /// guest; costs little when all is as it should be.
    /// </summary>
    /// <returns>Whether commands can be run now.</returns>
    /// <exception cref="SshTunnelException">There can be no tunnel: a program is missing, or a path is too long.</exception>
    /// <exception cref="IOException">The disk is full or failed.</exception>
    public async Task<bool> OpenAsync(SshTunnelTarget target, CancellationToken cancellation)
    {
        await PrepareAsync(target, cancellation);
        var label = Label(target);
        if (supervisor.Find(_folder.Path) is { } running)
        {
            if (running.Label == label)
                return File.Exists(_folder.ControlSocket);
            await supervisor.StopAsync(_folder.Path, Grace, cancellation);
        }
        else if ((_lastAttempt is { } last && time.GetElapsedTime(last) < Pause) || !_probe.Answers(target))
        {
            return false;
        }

        _lastAttempt = time.GetTimestamp();
        File.Delete(_folder.ControlSocket);
        await supervisor.StartAsync(
            new(_folder.Path, Ssh.Find("ssh"), Arguments(target), Ssh.Environment) { WorkingDirectory = "/", Label = label }, cancellation);
        return false;
    }

    /// <summary>As <see cref="OpenAsync"/>, for a guest that was started just now and can't answer yet.</summary>
    public async Task AwaitAsync(SshTunnelTarget target, CancellationToken cancellation)
    {
        _probe.Forget(boots: true);
        await PrepareAsync(target, cancellation);
    }

    /// <summary>The guest is about to answer.</summary>
    public void Expect() => _probe.Expect();

    /// <summary>Runs a command in the guest as root.</summary>
    /// <param name="command">A line for the guest's <c>sh</c>; <see cref="Core.Interop.ShellWords"/> quotes arguments.</param>
    /// <param name="input">What it reads, then the end.</param>
    /// <param name="limit">How long it may take. What is too slow is given up; whether it goes on in the guest is not known.</param>
    /// <exception cref="SshTunnelException">The tunnel is not open, or was lost, or the time is over.</exception>
    public async Task<GuestAnswer> RunAsync(string command, ReadOnlyMemory<byte> input, TimeSpan limit, CancellationToken cancellation)
    {
        if (!IsOpen)
            throw new SshTunnelException($"there is no connection to the guest of {_folder.Name}{(ExitReason is { } words ? $": {words}" : "")}");
        using var timer = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellation);
        var output = new MemoryStream();
        try
        {
            var result = await Ssh.RunAsync(
                "ssh", ["-F", _folder.Config, "-l", "root", "-o", "ProxyCommand=false", Core.Protocol.MachineAccess.HostAlias, command],
                input, (stream, token) => ReadAsync(stream, output, token), either.Token);
            return result.ExitCode == Unreachable
                ? throw new SshTunnelException($"the guest of {_folder.Name} can't be reached: {result.Errors.Trim()}")
                : new(result.ExitCode, output.GetBuffer().AsMemory(0, (int)output.Length), result.Errors);
        }
        catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            throw new SshTunnelException($"the guest of {_folder.Name} did not answer within {limit.TotalSeconds:0.#} s", e);
        }
    }

    /// <summary>Ends the connection, and what listens for the guest; does nothing when there is none. Files and keys stay.</summary>
    public async Task CloseAsync(CancellationToken cancellation)
    {
        if (!Directory.Exists(_folder.Path))
            return;
        await supervisor.StopAsync(_folder.Path, Grace, cancellation);
        await _server.StopAsync(cancellation);
        _lastAttempt = null;
        _probe.Forget(boots: false);
        foreach (var socket in (string[])[_folder.ControlSocket, _folder.EngineSocket])
            File.Delete(socket);
    }

    private async Task PrepareAsync(SshTunnelTarget target, CancellationToken cancellation)
    {
        if (Problem is { } problem)
            throw new SshTunnelException(problem);
        await MachineKeys.EnsureAsync(_folder, target.Interop, time, cancellation);
        SshTunnelFiles.Write(_folder, target);
        await _server.EnsureAsync(target, cancellation);
    }

    /// <summary>What a connection must have in common with another one so that it need not be made again.</summary>
    private static string Label(SshTunnelTarget target) => $"{target.Address} {target.Port} {target.Engine} {(target.HasPrograms ? "programs" : "")} {Core.Interop.GuestCommand.PassedName}";

    private ImmutableArray<string> Arguments(SshTunnelTarget target) =>
    [
        "-F", _folder.Config, "-l", "root", "-M", "-N", "-n",
        "-L", $"{_folder.EngineSocket}:{target.Engine}",
        .. target.HasPrograms ? (ImmutableArray<string>)["-R", $"{SshTunnelFiles.HostSocketInGuest}:{_folder.HostSocket}"] : [],
        Core.Protocol.MachineAccess.HostAlias,
    ];

    private static async Task ReadAsync(Stream stream, MemoryStream output, CancellationToken cancellation)
    {
        var buffer = new byte[64 * 1024];
        while (await stream.ReadAsync(buffer, cancellation) is var count and > 0)
            output.Write(buffer, 0, Math.Min(count, MaxOutput - (int)output.Length));
    }
}
