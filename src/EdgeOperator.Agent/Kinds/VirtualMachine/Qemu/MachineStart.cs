using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using EdgeOperator.Core.Kinds.VirtualMachine;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.State;
using EdgeOperator.Platform.Files;
using EdgeOperator.Platform.Processes;

namespace EdgeOperator.Agent.Kinds.VirtualMachine.Qemu;

/// <summary>Makes what a machine needs, and starts it.</summary>
[SupportedOSPlatform("linux")]
internal sealed class MachineStart(
    MachineFolders folders, ImageStore images, MachineDisks disks, QmpClients monitors, MachineEvents events, SshTunnels bridges, Accelerator accelerator, ProcessSupervisor supervisor, QemuPrograms programs, TimeProvider time)
{
    /// <summary>QEMU has opened its disks and listens by then.</summary>
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    public async Task<StepOutcome> RunAsync(VirtualMachineResource machine, StartMachine step, CancellationToken cancellation)
    {
        var folder = folders.Create(machine.Id.Name);
        if (supervisor.Adopt(folder.Path) is not null)
            return await ContinueAsync(folder, cancellation);
        if (programs.Missing is { } missing)
            return new StepOutcome.Retry("QemuMissing", missing);
        if (folder.HasTooLongSockets || bridges.Of(folder).Problem is not null)
            return new StepOutcome.Terminal("PathTooLong", bridges.Of(folder).Problem ?? $"{folder.TpmSocket} is too long a path for a socket: give the machine a shorter name, or the agent a shorter stateDirectory");
        if (machine.Machine.Shape.Image is not { } image)
            return new StepOutcome.Terminal("NoImage", $"{machine.Id} names no disk.image, and QEMU brings none of its own");
        if (!images.Has(image.Sha256))
            return new StepOutcome.Retry("ImageMissing", $"the image {image.Sha256} is not there yet");
        if (machine.Machine.Shape.SharedFolders.FirstOrDefault(s => !Directory.Exists(s.Host)) is { } share)
            return new StepOutcome.Retry("FolderMissing", $"the shared folder {share.Host} is not there: make it, or take it out of sharedFolders");

        if (machine.Machine.Shape.Network is { Mode: MachineNetworkMode.Bridge, Interface: { } bridge } && !HostBridge.IsThere(bridge))
            return new StepOutcome.Retry("BridgeMissing", $"the host has no bridge {bridge}: make it, or correct network.interface");

        var known = MachineState.Read(folder);
        var note = await PrepareDisksAsync(folder, machine.Machine.Shape, image, step.FreshSystem, suspect: known is { IsAskedToRun: true }, cancellation);
        var record = (known ?? MachineState.New(machine.Machine.Shape)) with
        {
            // A disk only grows, and one that was left by an earlier machine of the name may be larger.
            Shape = machine.Machine.Shape with { DiskSize = Math.Max(machine.Machine.Shape.DiskSize, MachineDisks.SizeOf(folder.DataDisk)) },
            IsAskedToRun = true,
            SshPort = FreePort(known?.SshPort),
            User = machine.Machine.User,
            StopTimeout = machine.Machine.StopTimeout,
            StartedAt = time.GetUtcNow(),
            SeededBoot = null,
        };
        StateFile.WriteChanged(folder.Seed, await SeedAsync(folder, record, bridges, cancellation));
        record.Write(folder);
        events.Forget(folder.Name);
        if (record.Shape.Tpm && await StartTpmAsync(folder, cancellation) is { } problem)
            return problem;
        await StartQemuAsync(folder, record, cancellation);
        await HostBridge.KeepAsync(record, time, cancellation);
        await bridges.Of(folder).AwaitAsync(SshTunnels.TargetOf(record), cancellation);
        return new StepOutcome.Succeeded(note);
    }

    public static async Task<byte[]> SeedAsync(MachineFolder folder, MachineState record, SshTunnels bridges, CancellationToken cancellation) =>
        SeedWriter.Write(folder.Name, record.Shape, await bridges.Of(folder).SeedAsync(record.Shape.Interop, cancellation));

    /// <summary>It runs: it must have been asked to, and must not be halted.</summary>
    private async Task<StepOutcome> ContinueAsync(MachineFolder folder, CancellationToken cancellation)
    {
        if (MachineState.Read(folder) is { IsAskedToRun: false } record)
            (record with { IsAskedToRun = true }).Write(folder);
        var monitor = await monitors.OfAsync(folder, cancellation);
        if ((await monitor.ExecuteAsync("query-status", null, cancellation)).GetProperty("running").GetBoolean())
            return new StepOutcome.Succeeded();
        if (!IoErrorPause.HasRoom(folder) && await monitor.ExecuteAsync("query-block", null, cancellation) is var blocks && IoErrorPause.IsForRoom(blocks))
            return new StepOutcome.Retry(FaultAdvice.DiskFull, IoErrorPause.Describe(blocks, folder)) { Fault = Fault.Device };
        await monitor.ExecuteAsync("cont", null, cancellation);
        return new StepOutcome.Succeeded("the machine goes on");
    }

    private async Task<string?> PrepareDisksAsync(MachineFolder folder, VirtualMachineConfig shape, MachineImage image, bool fresh, bool suspect, CancellationToken cancellation)
    {
        await disks.PrepareSystemAsync(folder, images.PathOf(image.Sha256), fresh, cancellation);
        return await disks.PrepareDataAsync(folder, shape.DiskSize, suspect, cancellation);
    }

    private async Task<StepOutcome?> StartTpmAsync(MachineFolder folder, CancellationToken cancellation)
    {
        if (programs.Tpm is not { } program)
            return new StepOutcome.Retry("TpmMissing", "swtpm is not in PATH: install swtpm (as Debian names it), or set tpm: false");
        PrivateFolder.Create(folder.Tpm);
        PrivateFolder.Create(folder.TpmState);

        // It ends with the machine that it was started for.
        await supervisor.StopAsync(folder.Tpm, TimeSpan.FromSeconds(5), cancellation);
        File.Delete(folder.TpmSocket);
        ImmutableArray<string> arguments = ["socket", "--tpm2", "--tpmstate", $"dir={folder.TpmState},mode=0600", "--ctrl", $"type=unixio,path={folder.TpmSocket},mode=0600", "--terminate"];
        await supervisor.StartAsync(new(folder.Tpm, program, arguments, Environment()) { WorkingDirectory = folder.Tpm }, cancellation);
        for (var since = time.GetTimestamp(); !File.Exists(folder.TpmSocket);)
        {
            if (supervisor.Find(folder.Tpm) is null || time.GetElapsedTime(since) > StartTimeout)
                return new StepOutcome.Retry("TpmNotStarted", $"swtpm does not listen: {supervisor.ExitReasonOf(folder.Tpm) ?? "no reason was given"}");
            await Task.Delay(Pause, time, cancellation);
        }

        return null;
    }

    private async Task StartQemuAsync(MachineFolder folder, MachineState record, CancellationToken cancellation)
    {
        File.Delete(folder.Qmp);
        File.Delete(folder.ReadOnlyQmp);
        OutputFile.Create(folder.Console);
        var arguments = QemuCommand.ArgumentsOf(folder, record, await accelerator.FindAsync(cancellation));
        await supervisor.StartAsync(
            new(folder.Path, programs.System, arguments, Environment()) { WorkingDirectory = folder.Path }, cancellation);
        for (var since = time.GetTimestamp(); ;)
        {
            if (supervisor.Find(folder.Path) is null)
                throw new IOException($"QEMU could not start the machine: {supervisor.ExitReasonOf(folder.Path) ?? "no reason was given"}");
            try
            {
                await monitors.OfAsync(folder, cancellation);
                return;
            }
            catch (IOException) when (time.GetElapsedTime(since) < StartTimeout)
            {
                await Task.Delay(Pause, time, cancellation);
            }
        }
    }

    private ImmutableSortedDictionary<string, string> Environment() =>
        ImmutableSortedDictionary<string, string>.Empty.Add("PATH", programs.SearchPath).Add("LANG", "C.UTF-8");

    /// <summary>The port that the machine had, when nobody has it now. Who takes it before QEMU does makes the start fail, and the next one choose again.</summary>
    private static int FreePort(int? had)
    {
        foreach (var port in (int?[])[had, 0])
        {
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port ?? 0);
                listener.Start();
                return ((IPEndPoint)listener.LocalEndpoint).Port;
            }
            catch (SocketException)
            {
                // Taken.
            }
        }

        throw new IOException("no port of 127.0.0.1 is free");
    }
}
