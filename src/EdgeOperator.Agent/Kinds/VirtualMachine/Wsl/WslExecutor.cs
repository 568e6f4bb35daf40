using EdgeOperator.Agent.Kinds.VirtualMachine.Windows;
using EdgeOperator.Core.Kinds.VirtualMachine;
using EdgeOperator.Core.Planning;

namespace EdgeOperator.Agent.Kinds.VirtualMachine.Wsl;

/// <summary>Carries single steps out on distributions. Doing a step twice does no harm.</summary>
internal sealed class WslExecutor(WslProgram program, WslObserver observer, WslFolders folders, WslHost host, TimeProvider time)
{
    /// <summary>Of copies of whole disks.</summary>
    private static readonly TimeSpan CopyTimeout = TimeSpan.FromHours(1);

    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(2);

    private static readonly StepOutcome Done = new StepOutcome.Succeeded();

    public static string NotOurs(string distribution) =>
        $"the distribution {distribution} is not the one that the agent imported, and it leaves it alone: unregister it yourself, or give the machine another name by wsl.distribution";

    /// <param name="all">Every machine that is desired of WSL: they share settings.</param>
    /// <exception cref="IOException">wsl.exe can't be started, or the disk is full.</exception>
    /// <exception cref="WslException">WSL refused.</exception>
    public async Task<StepOutcome> StartAsync(VirtualMachineResource machine, IReadOnlyCollection<VirtualMachineSpec> all, CancellationToken cancellation)
    {
        var (name, shape) = (machine.Id.Name, machine.Machine.Shape);
        var list = await observer.ListAsync(cancellation);
        var note = folders.Note(name);
        var distribution = WslObserver.DistributionOf(name, machine.Machine, note);
        var found = Find(list, distribution);
        if (found is not null && note is null)
            return new StepOutcome.Terminal("NotOurs", $"there is a distribution {distribution} that the agent did not import, and it leaves it alone");
        if (await ShareSettingsAsync(all, list, cancellation) is { } others)
            return others;

        var guest = new WslGuest(program, distribution);
        if (found is null)
        {
            if (shape.Image is null && !File.Exists(folders.KeptDisk(name)))
                return new StepOutcome.Terminal("ImageMissing", "a machine of WSL is made from an image: add disk.image");
            note = await ImportAsync(machine, distribution, cancellation);
            await guest.MarkAsync(note.Mark!, cancellation);
        }
        else if (!note!.IsComplete)
        {
            // The agent was killed after the import.
            await guest.MarkAsync(note.Mark!, cancellation);
        }
        else if (!await guest.HasMarkAsync(note.Mark!, cancellation))
        {
            return new StepOutcome.Terminal("NotOurs", NotOurs(distribution));
        }

        if (note.Shape.DiskSize < shape.DiskSize)
        {
            await guest.StopAsync(isRunning: true, cancellation);
            await program.RunAsync(WslCommands.Resize(distribution, shape.DiskSize), CopyTimeout, cancellation);
        }

        if (await guest.ConfigureAsync(machine.Machine, note.Settings.Select(line => line[..line.IndexOf('=')]), cancellation))
            await guest.StopAsync(isRunning: true, cancellation);
        await guest.BootAsync(shape, cancellation);
        (note with
        {
            Shape = shape,
            IsAskedToRun = true,
            StartedAt = time.GetUtcNow(),
            Settings = [.. WslEntries.OfGuest(machine.Machine).Select(entry => $"{entry.Key}={entry.Value}")],
        }).Write(folders[name]);
        return Done;
    }

    /// <summary>What needs no restart needs nothing else either: WSL forwards ports by itself.</summary>
    public StepOutcome Change(VirtualMachineResource machine)
    {
        if (folders.Note(machine.Id.Name) is { } note)
            (note with { Shape = machine.Machine.Shape }).Write(folders[machine.Id.Name]);
        return Done;
    }

    /// <summary>Has the command line know how to enter the machine.</summary>
    /// <exception cref="IOException">The disk is full or failed.</exception>
    public StepOutcome GrantAccess(VirtualMachineResource machine)
    {
        // Whoever enters a distribution starts it.
        if (folders.Note(machine.Id.Name) is not { IsAskedToRun: true, SystemName: { } distribution })
            return new StepOutcome.Pending("the machine should not run");
        GuestAccess.Write(folders.Root, WslAccess.Of(machine.Id.Name, machine.Machine, distribution, program.Given, WslAccess.Drives()));
        return Done;
    }

    public async Task<StepOutcome> StopAsync(string machine, CancellationToken cancellation)
    {
        if (folders.Note(machine) is not { } note)
            return Done;

        // First of all: an agent that is killed in the middle must not take the machine's end for a crash. And who enters a
        // distribution starts it.
        (note with { IsAskedToRun = false, StartedAt = null }).Write(folders[machine]);
        GuestAccess.Delete(folders.Root, machine);
        if (Find(await observer.ListAsync(cancellation), note.SystemName!) is { IsRunning: true } found)
        {
            var guest = new WslGuest(program, found.Name);
            if (note.IsComplete && !await guest.HasMarkAsync(note.Mark!, cancellation))
                return new StepOutcome.Terminal("NotOurs", NotOurs(found.Name));
            await guest.StopAsync(isRunning: true, cancellation);
        }

        return Done;
    }

    public async Task<StepOutcome> ProvisionAsync(VirtualMachineResource machine, CancellationToken cancellation)
    {
        if (machine.Machine.Provisioning.References.Length > 0)
            return new StepOutcome.Terminal("NotSupported", ProvisioningScript.NoSecrets);
        if (folders.Note(machine.Id.Name) is not { } note)
            return new StepOutcome.Pending("the machine is not there yet");
        await new WslGuest(program, note.SystemName!).ProvisionAsync(machine.Machine.Provisioning, cancellation);
        return Done;
    }

    /// <summary>Forgets a distribution, but keeps its disk. One that the agent did not import is never unregistered.</summary>
    public async Task<StepOutcome> RemoveAsync(string machine, CancellationToken cancellation)
    {
        if (folders.Note(machine) is not { } note)
            return Done;
        if (Find(await observer.ListAsync(cancellation), note.SystemName!) is { } found)
        {
            var guest = new WslGuest(program, found.Name);
            if (note.Mark is null || !await guest.HasMarkAsync(note.Mark, cancellation))
                return new StepOutcome.Terminal("NotOurs", NotOurs(found.Name));
            await guest.StopAsync(isRunning: true, cancellation);
            await KeepAsync(machine, found.Name, cancellation);
            await program.RunAsync(WslCommands.Unregister(found.Name), Timeout, cancellation);
        }

        GuestAccess.Delete(folders.Root, machine);
        ManagedMachineState.Delete(folders[machine]);
        return new StepOutcome.Succeeded($"its disk is kept at {folders.KeptDisk(machine)}");
    }

    private async Task<ManagedMachineState> ImportAsync(VirtualMachineResource machine, string distribution, CancellationToken cancellation)
    {
        var (name, shape) = (machine.Id.Name, machine.Machine.Shape);
        folders.Create(name);

        // Before: a distribution without a note is somebody else's.
        var note = new ManagedMachineState { Shape = shape, SystemName = distribution, Mark = Guid.NewGuid().ToString("N") };
        note.Write(folders[name]);
        if (File.Exists(folders.KeptDisk(name)))
        {
            var disk = Path.Combine(folders.DiskFolder(name), "ext4.vhdx");
            Directory.CreateDirectory(folders.DiskFolder(name));
            File.Move(folders.KeptDisk(name), disk);
            await program.RunAsync(WslCommands.ImportInPlace(distribution, disk), CopyTimeout, cancellation);
            return note;
        }

        var isDisk = folders.IsDisk(shape.Image!.Sha256);
        await program.RunAsync(WslCommands.Import(distribution, folders.DiskFolder(name), folders.Image(shape.Image.Sha256), isDisk), CopyTimeout, cancellation);
        if (!isDisk)
            await program.RunAsync(WslCommands.Resize(distribution, shape.DiskSize), CopyTimeout, cancellation);
        return note;
    }

    // Unregistering deletes the disk, so it is copied first, and has its name only when it is whole.
    private async Task KeepAsync(string machine, string distribution, CancellationToken cancellation)
    {
        var unfinished = Path.Combine(folders[machine], "kept.part.vhdx");
        File.Delete(unfinished);
        await program.RunAsync(WslCommands.Export(distribution, unfinished), CopyTimeout, cancellation);
        File.Move(unfinished, folders.KeptDisk(machine), overwrite: true);
    }

    private async Task<StepOutcome?> ShareSettingsAsync(IReadOnlyCollection<VirtualMachineSpec> all, IReadOnlyList<WslDistribution> list, CancellationToken cancellation)
    {
        if (host.WhyNot(all, list) is { } why)
            return new StepOutcome.Retry("OthersRun", why);
        if (host.Merged(all) is not { } text)
            return null;
        host.Write(text, all);
        await program.RunAsync(WslCommands.Shutdown, Timeout, cancellation);
        return null;
    }

    private static WslDistribution? Find(IReadOnlyList<WslDistribution> list, string name) =>
        list.FirstOrDefault(d => string.Equals(d.Name, name, StringComparison.OrdinalIgnoreCase));
}
