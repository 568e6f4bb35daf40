using System.Runtime.Versioning;
using EdgeOperator.Core.Planning;
using EdgeOperator.Platform.Processes;

namespace EdgeOperator.Agent.Kinds.VirtualMachine.Qemu;

/// <summary>Has a guest shut down; switches the machine off when it has not done so in time.</summary>
[SupportedOSPlatform("linux")]
internal sealed class MachineStop(ShareServers servers, ProcessSupervisor supervisor, TimeProvider time)
{
    /// <summary>A guest that was still booting did not notice; pressing again does no harm to one that did.</summary>
    private static readonly TimeSpan PressAgain = TimeSpan.FromSeconds(5);

    /// <summary>For QEMU to write what it has in memory.</summary>
    private static readonly TimeSpan QuitTimeout = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    /// <param name="timeout">How long the guest may take.</param>
    public async Task<StepOutcome> RunAsync(QemuMachine machine, TimeSpan timeout, CancellationToken cancellation)
    {
        // First of all: an agent that is killed in the middle must not take the machine's end for a crash.
        if (MachineState.Read(machine.Folder) is { } state)
            (state with { IsAskedToRun = false, StartedAt = null }).Write(machine.Folder);
        var inOrder = machine.Process is null || await ShutDownAsync(machine, timeout, cancellation);
        if (!inOrder && await OrderAsync(machine, "quit", cancellation))
            await EndAsync(machine, QuitTimeout, cancellation);
        await machine.Tunnel.CloseAsync(cancellation);
        await supervisor.StopAsync(machine.Folder.Path, Grace, cancellation);
        if (Directory.Exists(machine.Folder.Tpm))
            await supervisor.StopAsync(machine.Folder.Tpm, Grace, cancellation);
        await servers.StopAsync(machine.Folder, cancellation);
        File.Delete(machine.Folder.Qmp);
        File.Delete(machine.Folder.ReadOnlyQmp);
        File.Delete(machine.Folder.ConsoleSocket);
        return new StepOutcome.Succeeded(inOrder ? null : $"the guest did not shut down within {timeout.TotalSeconds:0.#} s, and was switched off");
    }

    private async Task<bool> ShutDownAsync(QemuMachine machine, TimeSpan timeout, CancellationToken cancellation)
    {
        for (var since = time.GetTimestamp(); time.GetElapsedTime(since) < timeout;)
        {
            // A halted one can't.
            if (!await IsRunningAsync(machine, cancellation) || !await OrderAsync(machine, "system_powerdown", cancellation))
                return machine.Process is null;
            var rest = timeout - time.GetElapsedTime(since);
            if (await EndAsync(machine, rest < PressAgain ? rest : PressAgain, cancellation))
                return true;
        }

        return false;
    }

    private async Task<bool> EndAsync(QemuMachine machine, TimeSpan limit, CancellationToken cancellation)
    {
        for (var since = time.GetTimestamp(); machine.Process is not null;)
        {
            if (time.GetElapsedTime(since) >= limit)
                return false;
            await Task.Delay(Look, time, cancellation);
        }

        return true;
    }

    private static async Task<bool> IsRunningAsync(QemuMachine machine, CancellationToken cancellation)
    {
        try
        {
            var monitor = await machine.Monitor.ConnectAsync(cancellation);
            return (await monitor.ExecuteAsync("query-status", null, cancellation)).GetProperty("running").GetBoolean();
        }
        catch (Exception e) when (e is IOException or QmpException)
        {
            return false;
        }
    }

    /// <returns>Whether QEMU took it.</returns>
    private static async Task<bool> OrderAsync(QemuMachine machine, string command, CancellationToken cancellation)
    {
        try
        {
            var monitor = await machine.Monitor.ConnectAsync(cancellation);
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
