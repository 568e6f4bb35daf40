using System.Runtime.Versioning;
using EdgeOperator.Agent.Execution;
using EdgeOperator.Agent.Kinds.VirtualMachine.Tunnel;
using EdgeOperator.Core.Kinds.VirtualMachine;
using EdgeOperator.Core.Planning;
using EdgeOperator.Platform.Processes;

namespace EdgeOperator.Agent.Kinds.VirtualMachine.Qemu;

/// <summary>Carries steps out on machines. Doing a step twice does no harm.</summary>
[SupportedOSPlatform("linux")]
internal sealed class QemuExecutor(
    MachineFolders folders, ImageStore images, BackgroundSteps background, MachineStart start, MachineStop stop, HotReconfigure change, SshTunnels bridges, GuestReports reports, ProcessSupervisor supervisor)
{
    /// <summary>For all of a provisioning: its commands may install packages.</summary>
    private static readonly TimeSpan ProvisionTimeout = TimeSpan.FromMinutes(30);

    /// <summary>For machines whose manifest, and so its own limit, is gone.</summary>
    private static readonly TimeSpan StopTimeout = new VirtualMachineSpec().StopTimeout;

    private static readonly StepOutcome Done = new StepOutcome.Succeeded();

    public async Task<StepOutcome> ExecuteAsync(Step step, VirtualMachineResource? machine, CancellationToken cancellation)
    {
        try
        {
            return step switch
            {
                _ when MachineFolders.IsReserved(step.Resource.Name) => new StepOutcome.Terminal("NameTaken", $"no machine can be called {step.Resource.Name}: images lie in a folder of that name"),
                FetchMachineImage fetch => await background.AskAsync(fetch, (report, c) => FetchAsync(fetch, report, c)),
                StopMachine => await StopAsync(step, machine, cancellation),
                RemoveMachine => await RemoveAsync(step, cancellation),
                RemoveMachineImage remove => RemoveImage(remove),
                _ when machine is null => new StepOutcome.Terminal("NotDesired", $"{step.Resource} is not desired, so there is nothing to {step.Id}"),
                StartMachine or ChangeMachine when background.MessageOf(s => s is StopMachine && s.Resource == step.Resource) is { } stopping => new StepOutcome.Pending(stopping),
                StartMachine begin => await StartAsync(begin, machine, cancellation),
                ChangeMachine => await change.RunAsync(folders[machine.Id.Name], machine, cancellation),
                ProvisionMachine provision => await ProvisionAsync(provision, machine),
                _ => throw new ArgumentOutOfRangeException(nameof(step), step.Id, "not a step of this driver"),
            };
        }
        catch (SshTunnelException e) when (step is ChangeMachine)
        {
            return new StepOutcome.Pending(e.Message);
        }
        catch (DataDiskException e)
        {
            return new StepOutcome.Retry("DataDiskDamaged", e.Message);
        }
        catch (QmpException e)
        {
            return new StepOutcome.Retry("QemuRefused", $"QEMU refuses to {step.Id}: {e.Message}");
        }
        catch (FormatException e)
        {
            return new StepOutcome.Terminal("NetworkUnusable", $"network.address: {e.Message}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new StepOutcome.Retry("MachineFailed", e.Message);
        }
    }

    private async Task<StepOutcome> FetchAsync(FetchMachineImage step, ReportProgress report, CancellationToken cancellation)
    {
        try
        {
            report($"fetching {step.Image.Location}");
            await images.FetchAsync(
                step.Image,
                p => report(p.Total > 0 ? $"fetching {step.Image.Location}: {100 * p.Done / p.Total} % of {p.Total / 1e6:0.0} MB" : $"fetching {step.Image.Location}: {p.Done / 1e6:0.0} MB"),
                cancellation);
            return new StepOutcome.Succeeded($"fetched {step.Image.Location}");
        }
        catch (ImageException e)
        {
            return new StepOutcome.Retry(e.Reason, e.Message);
        }
    }

    private Task<StepOutcome> StartAsync(StartMachine step, VirtualMachineResource machine, CancellationToken cancellation)
    {
        // The next stop is another one.
        background.Forget(new StopMachine(step.Resource, ""));
        return start.RunAsync(machine, step, cancellation);
    }

    private async Task<StepOutcome> StopAsync(Step step, VirtualMachineResource? machine, CancellationToken cancellation)
    {
        var folder = folders[step.Resource.Name];
        var timeout = machine?.Machine.StopTimeout ?? MachineState.Read(folder)?.StopTimeout ?? StopTimeout;
        if (supervisor.Adopt(folder.Path) is null && !background.IsRunning(step))
            return await stop.RunAsync(folder, timeout, cancellation);
        return await background.AskAsync(step, async (report, c) =>
        {
            report($"the guest of {step.Resource.Name} is shutting down; it has {timeout.TotalSeconds:0} s");
            return await stop.RunAsync(folder, timeout, c);
        });
    }

    private Task<StepOutcome> ProvisionAsync(ProvisionMachine step, VirtualMachineResource machine) => background.AskAsync(step, async (report, c) =>
    {
        report($"{step.Resource.Name} is being provisioned");
        var folder = folders[step.Resource.Name];
        try
        {
            var answer = await bridges.Of(folder).RunAsync($"/usr/lib/edgeop/provision {step.Provisioning}", ProvisioningTar.Write(machine.Machine.Provisioning), ProvisionTimeout, c);
            reports.Forget(folder);
            return answer.ExitCode == 0 ? Done : new StepOutcome.Retry("ProvisioningFailed", answer.LastLine);
        }
        catch (SshTunnelException e)
        {
            return new StepOutcome.Pending(e.Message);
        }
    });

    private async Task<StepOutcome> RemoveAsync(Step step, CancellationToken cancellation)
    {
        var folder = folders[step.Resource.Name];
        if (supervisor.Adopt(folder.Path) is not null)
            return new StepOutcome.Retry("StillRunning", $"{step.Resource.Name} runs, and is to be stopped first");
        await bridges.Of(folder).CloseAsync(cancellation);
        if (!Directory.Exists(folder.Path))
            return Done;

        // The record comes last: as long as it is there, what is left is known for a machine's.
        foreach (var item in new DirectoryInfo(folder.Path).EnumerateFileSystemInfos().Where(i => !folder.IsGuests(i.FullName)).OrderBy(i => i.FullName == folder.Record))
        {
            if (item is DirectoryInfo { LinkTarget: null } inner)
                inner.Delete(recursive: true);
            else
                item.Delete();
        }

        if (!Directory.EnumerateFileSystemEntries(folder.Path).Any())
            Directory.Delete(folder.Path);
        return Done;
    }

    private StepOutcome RemoveImage(RemoveMachineImage step)
    {
        if (folders.All.Any(f => f.Name != step.Resource.Name && MachineState.Read(f)?.Shape.Image?.Sha256 == step.Sha256))
            return new StepOutcome.Succeeded("another machine is made from it, so it stays");
        images.Remove(step.Sha256);
        return Done;
    }
}
