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

/// <summary>Creates what a machine needs, and starts it.</summary>
[SupportedOSPlatform("linux")]
internal sealed class MachineStart(
    MachineFolders folders, ImageStore images, QemuImg tool, StartConditions conditions, Accelerator accelerator, ShareServers servers, ProcessSupervisor supervisor, QemuPrograms programs, TimeProvider time)
{
    /// <summary>QEMU has opened its disks and listens by then.</summary>
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    public async Task<StepOutcome> RunAsync(QemuMachine machine, VirtualMachineResource resource, StartMachine step, CancellationToken cancellation)
    {
        folders.Create(machine.Name);
        if (supervisor.Adopt(machine.Folder.Path) is not null)
            return await ContinueAsync(machine, cancellation);
        if (resource.Machine.Shape.Image is not { } image)
            return new StepOutcome.Terminal("NoImage", $"{resource.Id} names no disk.image, and QEMU brings none of its own");
        if (!images.Has(image.Sha256))
            return new StepOutcome.Retry("ImageMissing", $"the image {image.Sha256} is not there yet");
        if (await conditions.FindAsync(machine.Folder, resource.Machine.Shape, cancellation) is { } obstacle)
            return obstacle.IsForGood ? new StepOutcome.Terminal(obstacle.Reason, obstacle.Message) : new StepOutcome.Retry(obstacle.Reason, obstacle.Message);

        var known = MachineState.Read(machine.Folder);
        if (known?.Shape.Image is { } before && before.Sha256 != image.Sha256 && File.Exists(machine.Folder.DataDisk))
            await QemuSnapshots.BeforeUpdateAsync(machine.Folder, tool, image.Sha256, cancellation);
        var note = await PrepareDisksAsync(machine.Disks, resource.Machine.Shape, image, step.FreshSystem, suspect: known is { IsAskedToRun: true }, cancellation);
        var state = (known ?? MachineState.New(resource.Machine.Shape)) with
        {
            // A disk only grows, and one that was left by an earlier machine of the name may be larger.
            Shape = resource.Machine.Shape with { DiskSize = Math.Max(resource.Machine.Shape.DiskSize, MachineDisks.SizeOf(machine.Folder.DataDisk)) },
            Shares = await servers.OfferAsync(resource.Machine.Shape.SharedFolders, cancellation),
            IsAskedToRun = true,
            SshPort = FreePort(known?.SshPort),
            User = resource.Machine.User,
            StopTimeout = resource.Machine.StopTimeout,
            StartedAt = time.GetUtcNow(),
            SeededBoot = null,
        };
        var seed = await machine.Seed.ContentAsync(state, cancellation);
        StateFile.WriteChanged(machine.Folder.Seed, seed);
        CloudSeed.Write(machine.Folder, state, seed);
        if (state.Shape.Firmware == MachineFirmware.Uefi && UefiFirmware.Installed is { } firmware && !File.Exists(machine.Folder.FirmwareVariables))
            AtomicFile.Write(machine.Folder.FirmwareVariables, await File.ReadAllBytesAsync(firmware.Variables, cancellation));
        state.Write(machine.Folder);
        machine.ForgetExit();
        if (state.Shape.Tpm && await StartTpmAsync(machine.Folder, cancellation) is { } problem)
            return problem;
        await servers.StopAsync(machine.Folder, cancellation);
        if (await servers.StartAsync(machine.Folder, state.Offered, cancellation) is { } unserved)
            return unserved;
        await StartQemuAsync(machine, state, cancellation);
        await HostBridge.JoinAsync(state, time, cancellation);
        await machine.Tunnel.AwaitAsync(state.ToTunnelTarget(), cancellation);
        return new StepOutcome.Succeeded(note);
    }

    /// <summary>For one that runs already: records that it must, and resumes it when it is paused.</summary>
    private static async Task<StepOutcome> ContinueAsync(QemuMachine machine, CancellationToken cancellation)
    {
        if (MachineState.Read(machine.Folder) is { IsAskedToRun: false } state)
            (state with { IsAskedToRun = true }).Write(machine.Folder);
        var monitor = await machine.Monitor.ConnectAsync(cancellation);
        if ((await monitor.ExecuteAsync("query-status", null, cancellation)).GetProperty("running").GetBoolean())
            return new StepOutcome.Succeeded();
        if (!IoErrorPause.HasSpace(machine.Folder) && await monitor.ExecuteAsync("query-block", null, cancellation) is var blocks && IoErrorPause.IsForSpace(blocks))
            return new StepOutcome.Retry(FaultAdvice.DiskFull, IoErrorPause.Describe(blocks, machine.Folder, hasSpace: false)) { Fault = Fault.Device };
        await monitor.ExecuteAsync("cont", null, cancellation);
        return new StepOutcome.Succeeded("resumed the machine");
    }

    private async Task<string?> PrepareDisksAsync(MachineDisks disks, VirtualMachineConfig shape, MachineImage image, bool fresh, bool suspect, CancellationToken cancellation)
    {
        await disks.PrepareSystemAsync(images.PathOf(image.Sha256), fresh, cancellation);
        return await disks.PrepareDataAsync(shape.DiskSize, suspect, cancellation);
    }

    private async Task<StepOutcome?> StartTpmAsync(MachineFolder folder, CancellationToken cancellation)
    {
        if (programs.Tpm is not { } program)
            return new StepOutcome.Retry("TpmMissing", "swtpm is not in PATH any more");
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

    private async Task StartQemuAsync(QemuMachine machine, MachineState state, CancellationToken cancellation)
    {
        File.Delete(machine.Folder.Qmp);
        File.Delete(machine.Folder.ReadOnlyQmp);
        File.Delete(machine.Folder.ConsoleSocket);
        OutputFile.Create(machine.Folder.Console);
        var arguments = QemuCommand.ArgumentsOf(machine.Folder, state, await accelerator.FindAsync(cancellation));
        await supervisor.StartAsync(
            new(machine.Folder.Path, programs.System, arguments, Environment()) { WorkingDirectory = machine.Folder.Path }, cancellation);
        for (var since = time.GetTimestamp(); ;)
        {
            if (machine.Process is null)
                throw new IOException($"QEMU could not start the machine: {supervisor.ExitReasonOf(machine.Folder.Path) ?? "no reason was given"}");
            try
            {
                await machine.Monitor.ConnectAsync(cancellation);
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
