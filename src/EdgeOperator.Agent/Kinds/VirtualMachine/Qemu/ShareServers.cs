using System.Collections.Immutable;
using System.Runtime.Versioning;
using EdgeOperator.Agent.Kinds.VirtualMachine.Tunnel;
using EdgeOperator.Core.Kinds.VirtualMachine;
using EdgeOperator.Core.Planning;
using EdgeOperator.Platform.Files;
using EdgeOperator.Platform.Processes;

namespace EdgeOperator.Agent.Kinds.VirtualMachine.Qemu;

/// <summary>
/// The processes that serve shared folders by virtiofs, one for each. They are started before the machine, which connects to them once, and end with
/// it; like the machine they outlive the agent.
/// </summary>
/// <param name="edgeop">The command that starts edgeop.</param>
[SupportedOSPlatform("linux")]
internal sealed class ShareServers(VirtiofsdSearch search, ProcessSupervisor supervisor, ImmutableArray<string> edgeop, TimeProvider time)
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>How folders can be offered on this host.</summary>
    public async Task<ImmutableArray<MachineShare>> OfferAsync(IReadOnlyCollection<SharedFolder> folders, CancellationToken cancellation) =>
        MachineShare.Of(folders, folders.Count == 0 ? null : await search.FindAsync(cancellation));

    /// <summary>Has a process listen for each folder that is offered so.</summary>
    /// <returns>What is in the way; null when all listen.</returns>
    /// <exception cref="IOException">One could not be started.</exception>
    public async Task<StepOutcome?> StartAsync(MachineFolder machine, IEnumerable<MachineShare> shares, CancellationToken cancellation)
    {
        foreach (var share in shares.Where(share => share.HasVirtiofs))
        {
            if (await StartAsync(machine, share, cancellation) is { } problem)
                return problem;
        }

        return null;
    }

    /// <summary>Ends the processes; their machine must not run any more.</summary>
    public async Task StopAsync(MachineFolder machine, CancellationToken cancellation)
    {
        foreach (var folder in machine.ShareServers)
        {
            await supervisor.StopAsync(folder, Grace, cancellation);
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>What has ended of a machine that runs; null when nothing has. QEMU connects when it starts, and never again.</summary>
    public string? ProblemOf(MachineFolder machine, IEnumerable<MachineShare> shares) =>
        shares.FirstOrDefault(share => share.HasVirtiofs && supervisor.Find(machine.ShareServer(share.Tag)) is null) is { } broken
            ? $"the process that serves its shared folder {broken.Folder.Guest} has ended (virtiofsd: {supervisor.ExitReasonOf(machine.ShareServer(broken.Tag)) ?? "no reason was given"})"
            : null;

    private async Task<StepOutcome?> StartAsync(MachineFolder machine, MachineShare share, CancellationToken cancellation)
    {
        if (await search.FindAsync(cancellation) is not { } virtiofsd)
            return new StepOutcome.Retry("VirtiofsdMissing", "virtiofsd is not there any more");
        var (folder, socket) = (machine.ShareServer(share.Tag), machine.ShareSocket(share.Tag));
        PrivateFolder.Create(folder);

        // It ends with the machine that it was started for.
        await supervisor.StopAsync(folder, Grace, cancellation);
        File.Delete(socket);
        await supervisor.StartAsync(
            new(folder, edgeop[0], [.. edgeop[1..], "vm", "share", virtiofsd.Program, .. virtiofsd.ArgumentsOf(share.Folder, socket)], HostProcess.Environment) { WorkingDirectory = "/" }, cancellation);
        for (var since = time.GetTimestamp(); !File.Exists(socket);)
        {
            if (supervisor.Find(folder) is null || time.GetElapsedTime(since) > StartTimeout)
                return new StepOutcome.Retry("VirtiofsdNotStarted", $"virtiofsd does not serve {share.Folder.Host}: {supervisor.ExitReasonOf(folder) ?? "no reason was given"}");
            await Task.Delay(Pause, time, cancellation);
        }

        return null;
    }
}
