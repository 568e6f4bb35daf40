using EdgeOperator.Agent.Kinds.VirtualMachine.Windows;
using EdgeOperator.Core.Kinds.VirtualMachine;
using EdgeOperator.Core.Planning;

namespace EdgeOperator.Agent.Kinds.VirtualMachine.Eflow;

/// <summary>Carries single steps out on EFLOW's machine. Doing a step twice does no harm.</summary>
internal sealed class EflowExecutor(EflowProgram program, EflowObserver observer, EflowNotes notes, EflowAccess access, TimeProvider time)
{
    /// <summary>A deployment downloads nothing, but unpacks a disk and boots.</summary>
    private static readonly TimeSpan DeployTimeout = TimeSpan.FromMinutes(30);

    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(5);

    private static readonly StepOutcome Done = new StepOutcome.Succeeded();

    /// <exception cref="IOException">PowerShell can't be started, or the disk is full.</exception>
    /// <exception cref="EflowException">EFLOW refused.</exception>
    public async Task<StepOutcome> StartAsync(VirtualMachineResource machine, CancellationToken cancellation)
    {
        var spec = machine.Machine;
        var host = await observer.LookAsync(cancellation);
        if (!host.IsDeployed)
            return await DeployAsync(machine, host, cancellation);
        if (Refused(machine, notes.Current?.Note) is { } refusal)
            return refusal;

        var note = notes.Current!.Value.Note;
        await program.RunAsync(EflowCommands.Start, Timeout, cancellation);
        if (host.Cpus != spec.Shape.Cpus || host.Memory != EflowCommands.MegabytesOf(spec.Shape.Memory)
            || EflowSettingLines.Differing(spec, note.Settings).Contains(EflowSettingLines.Gpu))
            await program.RunAsync(EflowCommands.Set(spec), Timeout, cancellation);
        await ShareAsync(note.Shape, spec.Shape, cancellation);
        if (EflowCommands.SwitchOf(spec) is { } name)
            await program.RunAsync(EflowCommands.AddNetwork(spec, name), Timeout, cancellation);
        await ResolveAsync(spec, cancellation);
        Note(machine, !host.IsRunning, [.. note.Settings.Where(line => !line.StartsWith(EflowSettingLines.Gpu + "=", StringComparison.Ordinal)), EflowSettingLines.Of(spec)[0]]);
        return Done;
    }

    /// <summary>What EFLOW can change while the machine runs: name servers, shared folders, features, telemetry and the runtime's identity.</summary>
    public async Task<StepOutcome> ChangeAsync(VirtualMachineResource machine, CancellationToken cancellation)
    {
        if (notes.Current is not { } known || Refused(machine, known.Note) is not null)
            return Refused(machine, notes.Current?.Note)!;
        await ShareAsync(known.Note.Shape, machine.Machine.Shape, cancellation);
        await ResolveAsync(machine.Machine, cancellation);
        var note = await SetAsync(machine.Machine, known.Note.Settings, cancellation);
        Note(machine, started: false, EflowSettingLines.Of(machine.Machine));
        return new StepOutcome.Succeeded(note);
    }

    public async Task<StepOutcome> StopAsync(string machine, CancellationToken cancellation)
    {
        // First of all: an agent that is killed in the middle must not take the machine's end for a crash.
        if (notes.Current is { } known && known.Machine == machine)
        {
            notes.Write(machine, known.Note with { IsAskedToRun = false, StartedAt = null });
            access.Forget(machine);
            await program.RunAsync(EflowCommands.Stop, Timeout, cancellation);
        }

        return Done;
    }

    /// <summary>Has the guest let the agent's key in, and the command line know how to enter it.</summary>
    public async Task<StepOutcome> GrantAccessAsync(VirtualMachineResource machine, CancellationToken cancellation)
    {
        if (await access.CreateKeyAsync(machine.Id.Name, cancellation) is not { } key)
            return new StepOutcome.Retry("KeyNotCreated", "the key for entering the guest can't be created: is ssh-keygen in PATH?");
        var host = await observer.LookAsync(cancellation);
        if (!EflowAccess.IsReachable(host) || notes.Current is not { Note.IsAskedToRun: true })
            return new StepOutcome.Pending("the guest does not answer yet");
        if (!host.AdmittedKeys.Contains(key))
            await program.RunAsync(EflowCommands.Run(EflowGuest.AdmitLine(key)), Timeout, cancellation);
        access.Write(machine, host);
        return Done;
    }

    /// <summary>Files and commands.</summary>
    public async Task<StepOutcome> ProvisionAsync(VirtualMachineResource machine, CancellationToken cancellation)
    {
        var provisioning = machine.Machine.Provisioning;
        if (provisioning.References.Length > 0)
            return new StepOutcome.Terminal("NotSupported", ProvisioningScript.NoSecrets);
        const string Script = $"{EflowGuest.Folder}/provision.sh";
        var file = notes.WriteFile("provision.sh", ProvisioningScript.Of(provisioning, EflowGuest.Folder, provisioning.Hash));
        try
        {
            await program.RunAsync(EflowCommands.Run($"mkdir -p {EflowGuest.Folder} && chmod 700 {EflowGuest.Folder}"), Timeout, cancellation);
            await program.RunAsync(EflowCommands.Push(file, Script), Timeout, cancellation);
            await program.RunAsync(EflowCommands.Run($"sudo sh {Script}; s=$?; rm -f {Script}; sudo chown -R {EflowGuest.User} {EflowGuest.Folder}; exit $s"), Timeout, cancellation);
        }
        finally
        {
            File.Delete(file);
        }

        return Done;
    }

    /// <summary>EFLOW's machine goes only with EFLOW itself, so it is left as it is, stopped.</summary>
    public async Task<StepOutcome> RemoveAsync(string machine, CancellationToken cancellation)
    {
        await StopAsync(machine, cancellation);
        if (notes.Current is { } known && known.Machine == machine)
            notes.Write(machine, known.Note with { IsRemoved = true });
        return new StepOutcome.Succeeded("stopped and left; EFLOW's machine is deleted by uninstalling Azure IoT Edge (Settings, Apps), which deletes its data too");
    }

    private async Task<StepOutcome> DeployAsync(VirtualMachineResource machine, EflowObservation host, CancellationToken cancellation)
    {
        var shape = machine.Machine.Shape;
        if (host.HostCpus is { } cpus && shape.Cpus > cpus)
            return new StepOutcome.Terminal("HostTooSmall", $"cpus is {shape.Cpus}, and the host has {cpus} logical processors");
        if (host.HostMemory is { } free && EflowCommands.MegabytesOf(shape.Memory) > free)
            return new StepOutcome.Retry("HostTooSmall", $"memory is {EflowCommands.MegabytesOf(shape.Memory)} MiB, and the host has {free} MiB left");

        var folders = shape.SharedFolders.IsEmpty ? null : notes.WriteFile("sharedFolders.json", EflowCommands.SharedFoldersJson(shape.SharedFolders));
        try
        {
            await program.RunAsync(EflowCommands.Deploy(machine.Machine, folders), DeployTimeout, cancellation);
        }
        catch (EflowException e)
        {
            throw new EflowException(e.Message + await LogsAsync(cancellation));
        }

        await ResolveAsync(machine.Machine, cancellation);
        Note(machine, started: true, EflowSettingLines.OfDeployment(machine.Machine));
        return new StepOutcome.Succeeded("deployed");
    }

    private static StepOutcome.Terminal? Refused(VirtualMachineResource machine, ManagedMachineState? note) => note switch
    {
        null => new("NotOurs", "EFLOW's machine was deployed by somebody else, and the agent leaves it alone"),
        _ when note.Shape.DiskSize != machine.Machine.Shape.DiskSize => new(
            "DiskFixed", $"EFLOW can't change the size of a deployed disk ({note.Shape.DiskSize >> 30} GiB): write that size, or uninstall Azure IoT Edge and deploy anew"),
        _ => null,
    };

    private async Task ShareAsync(VirtualMachineConfig old, VirtualMachineConfig wanted, CancellationToken cancellation)
    {
        foreach (var folder in old.SharedFolders.Except(wanted.SharedFolders))
            await program.RunAsync(EflowCommands.RemoveSharedFolder(folder), Timeout, cancellation);

        // EFLOW refuses to share a folder twice, and the agent may have been killed after it had done so.
        var added = new List<SharedFolder>();
        foreach (var root in wanted.SharedFolders.Except(old.SharedFolders).GroupBy(folder => EflowCommands.SplitFolder(folder.Host)!.Value.Root, StringComparer.OrdinalIgnoreCase))
        {
            var there = EflowAnswer.Lines(await program.RunAsync(EflowCommands.GetSharedFolders(root.Key), Timeout, cancellation));
            added.AddRange(root.Where(folder => !there.Contains(EflowCommands.SplitFolder(folder.Host)!.Value.Name, StringComparer.OrdinalIgnoreCase)));
        }

        if (added.Count > 0)
            await program.RunAsync(EflowCommands.AddSharedFolders(notes.WriteFile("sharedFolders.json", EflowCommands.SharedFoldersJson(added))), Timeout, cancellation);
    }

    private async Task<string?> SetAsync(VirtualMachineSpec machine, string[] noted, CancellationToken cancellation)
    {
        var differing = EflowSettingLines.Differing(machine, noted).ToList();
        foreach (var feature in EflowSettingLines.Features.Intersect(differing))
            await program.RunAsync(EflowCommands.SetFeature(feature, EflowSettingLines.IsOn(machine, feature)), Timeout, cancellation);
        if (differing.Contains(EflowSettingLines.Telemetry))
            await program.RunAsync(EflowCommands.SetTelemetry((machine.Eflow ?? new()).OptionalTelemetry), Timeout, cancellation);
        if (differing.Contains(EflowSettingLines.Identity) && machine.Eflow is { Identity.IsEmpty: false } settings)
            await program.RunAsync(EflowCommands.Provision(settings.Identity), Timeout, cancellation);

        // Both are public: whoever enrols the device with a provisioning service needs them.
        return EflowSettingLines.IsOn(machine, "DpsTpm") && EflowAnswer.Lines(await program.RunAsync(EflowCommands.TpmInfo, Timeout, cancellation)) is [var key, var registration, ..]
            ? $"the TPM has the endorsement key {key} and the registration id {registration}"
            : null;
    }

    private async Task ResolveAsync(VirtualMachineSpec machine, CancellationToken cancellation)
    {
        if (!machine.Shape.Network.Dns.IsEmpty)
            await program.RunAsync(EflowCommands.SetDns(machine.Shape.Network.Dns), Timeout, cancellation);
    }

    private async Task<string> LogsAsync(CancellationToken cancellation)
    {
        try
        {
            return await program.RunAsync(EflowCommands.Logs, Timeout, cancellation) is { } file && file.ToString() is { Length: > 0 } path ? $"; EFLOW's logs are in {path}" : "";
        }
        catch (Exception e) when (e is IOException or EflowException)
        {
            return "";
        }
    }

    private void Note(VirtualMachineResource machine, bool started, IEnumerable<string> settings) => notes.Write(machine.Id.Name, new()
    {
        Shape = machine.Machine.Shape,
        IsAskedToRun = true,
        StartedAt = started ? time.GetUtcNow() : notes.Current?.Note.StartedAt,
        Settings = [.. settings],
    });
}
