using System.Runtime.Versioning;
using EdgeOperator.Core.Planning;
using EdgeOperator.Platform.Processes;

namespace EdgeOperator.Agent.Kinds.VirtualMachine.Qemu;

/// <summary>Has a guest shut down; switches the machine off when it has not done so in time.</summary>
[SupportedOSPlatform("linux")]
internal sealed class MachineStop(QmpClients monitors, SshTunnels bridges, ProcessSupervisor supervisor, TimeProvider time)
{
    /// <summary>A guest that was still booting did not notice; pressing again does no harm to one that did.</summary>
    private static readonly TimeSpan PressAgain = TimeSpan.FromSeconds(5);

    /// <summary>For QEMU to write what it has in memory.</summary>
    private static readonly TimeSpan QuitTimeout = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    /// <param name="timeout">How long the guest may take.</param>
    public async Task<StepOutcome> RunAsync(MachineFolder folder, TimeSpan timeout, CancellationToken cancellation)
    {
        // First of all: an agent that is killed in the middle must not take the machine's end for a crash.
        if (MachineState.Read(folder) is { } record)
            (record with { IsAskedToRun = false, StartedAt = null }).Write(folder);
        var inOrder = supervisor.Find(folder.Path) is null || await ShutDownAsync(folder, timeout, cancellation);
        if (!inOrder && await OrderAsync(folder, "quit", cancellation))
            await EndAsync(folder, QuitTimeout, cancellation);
        await bridges.Of(folder).CloseAsync(cancellation);
        await supervisor.StopAsync(folder.Path, Grace, cancellation);
        if (Directory.Exists(folder.Tpm))
            await supervisor.StopAsync(folder.Tpm, Grace, cancellation);
        File.Delete(folder.Qmp);
        File.Delete(folder.ReadOnlyQmp);
        return new StepOutcome.Succeeded(inOrder ? null : $"the guest did not shut down within {timeout.TotalSeconds:0.#} s, and was switched off");
    }

    private async Task<bool> ShutDownAsync(MachineFolder folder, TimeSpan timeout, CancellationToken cancellation)
    {
        for (var since = time.GetTimestamp(); time.GetElapsedTime(since) < timeout;)
        {
            // A halted one can't.
            if (!await IsRunningAsync(folder, cancellation) || !await OrderAsync(folder, "system_powerdown", cancellation))
                return supervisor.Find(folder.Path) is null;
            var rest = timeout - time.GetElapsedTime(since);
            if (await EndAsync(folder, rest < PressAgain ? rest : PressAgain, cancellation))
                return true;
        }

        return false;
    }

    private async Task<bool> EndAsync(MachineFolder folder, TimeSpan limit, CancellationToken cancellation)
    {
        for (var since = time.GetTimestamp(); supervisor.Find(folder.Path) is not null;)
        {
            if (time.GetElapsedTime(since) >= limit)
                return false;
            await Task.Delay(Look, time, cancellation);
        }

        return true;
    }

    private async Task<bool> IsRunningAsync(MachineFolder folder, CancellationToken cancellation)
    {
        try
        {
            var monitor = await monitors.OfAsync(folder, cancellation);
            return (await monitor.ExecuteAsync("query-status", null, cancellation)).GetProperty("running").GetBoolean();
        }
        catch (Exception e) when (e is IOException or QmpException)
        {
            return false;
        }
    }

    /// <returns>Whether QEMU took it.</returns>
    private async Task<bool> OrderAsync(MachineFolder folder, string command, CancellationToken cancellation)
    {
        try
        {
            var monitor = await monitors.OfAsync(folder, cancellation);
            await monitor.ExecuteAsync(command, null, cancellation);
            return true;
        }
        catch (IOException)
        {
            // quit ends the connection too, at times before its answer.
            return command == "quit";
        }
        catch (QmpException)
        {
            return false;
        }
    }
}
