using System.Runtime.Versioning;
using EdgeOperator.Agent.Execution;
using EdgeOperator.Agent.Kinds.VirtualMachine.Tunnel;
using EdgeOperator.Agent.Secrets;
using EdgeOperator.Agent.Transfers;
using EdgeOperator.Core.Kinds.VirtualMachine;
using EdgeOperator.Core.Planning;
using EdgeOperator.Platform.Processes;

namespace EdgeOperator.Agent.Kinds.VirtualMachine.Qemu;

/// <summary>Executes steps on machines. Executing a step twice does no harm.</summary>
[SupportedOSPlatform("linux")]
internal sealed class QemuExecutor(
    MachineFolders folders, ImageStore images, QemuMachines machines, BackgroundSteps background, MachineStart start, MachineStop stop, ProcessSupervisor supervisor, TimeProvider time, SecretVault secrets)
{
    /// <summary>For all of a provisioning: its commands may install packages.</summary>
    private static readonly TimeSpan ProvisionTimeout = TimeSpan.FromMinutes(30);

    /// <summary>For machines that have no manifest, and so no timeout of their own, any more.</summary>
    private static readonly TimeSpan StopTimeout = new VirtualMachineSpec().StopTimeout;

    private static readonly StepOutcome Done = new StepOutcome.Succeeded();

    public async Task<StepOutcome> ExecuteAsync(Step step, VirtualMachineResource? resource, CancellationToken cancellation)
    {
        try
        {
            return step switch
            {
                _ when MachineFolders.IsReserved(step.Resource.Name) => new StepOutcome.Terminal("NameTaken", $"no machine can have the name {step.Resource.Name}: it is the images' folder's"),
                FetchMachineImage fetch => await background.AskAsync(fetch, (report, c) => FetchAsync(fetch, report, c)),
                StopMachine => await StopAsync(step, resource, cancellation),
                RemoveMachine => await RemoveAsync(step, cancellation),
                RemoveMachineImage remove => RemoveImage(remove),
                _ when resource is null => new StepOutcome.Terminal("NotDesired", $"{step.Resource} is not desired, so there is nothing to {step.Id}"),
                StartMachine or ChangeMachine when background.MessageOf(s => s is StopMachine && s.Resource == step.Resource) is { } stopping => new StepOutcome.Pending(stopping),
                StartMachine begin => await StartAsync(begin, resource, cancellation),
                ChangeMachine => await HotReconfigure.RunAsync(machines[step.Resource.Name], resource, time, cancellation),
                ProvisionMachine provision => await ProvisionAsync(provision, resource),
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
        catch (TransferException e)
        {
            return new StepOutcome.Retry(e.Reason, e.Message);
        }
    }

    private Task<StepOutcome> StartAsync(StartMachine step, VirtualMachineResource resource, CancellationToken cancellation)
    {
        // The next stop is another one.
        background.Forget(new StopMachine(step.Resource, ""));
        return start.RunAsync(machines[step.Resource.Name], resource, step, cancellation);
    }

    private async Task<StepOutcome> StopAsync(Step step, VirtualMachineResource? resource, CancellationToken cancellation)
    {
        var machine = machines[step.Resource.Name];
        var timeout = resource?.Machine.StopTimeout ?? MachineState.Read(machine.Folder)?.StopTimeout ?? StopTimeout;
        if (supervisor.Adopt(machine.Folder.Path) is null && !background.IsRunning(step))
            return await stop.RunAsync(machine, timeout, cancellation);
        return await background.AskAsync(step, async (report, c) =>
        {
            report($"the guest of {step.Resource.Name} is shutting down; it has {timeout.TotalSeconds:0} s");
            return await stop.RunAsync(machine, timeout, c);
        });
    }

    private Task<StepOutcome> ProvisionAsync(ProvisionMachine step, VirtualMachineResource resource) => background.AskAsync(step, async (report, c) =>
    {
        report($"{step.Resource.Name} is being provisioned");
        var machine = machines[step.Resource.Name];
        try
        {
            var answer = await machine.Tunnel.RunAsync($"/usr/lib/edgeop/provision {step.Provisioning}", ProvisioningTar.Write(resource.Machine.Provisioning, secrets), ProvisionTimeout, c);
            machine.Report.Expire();
            return answer.ExitCode == 0 ? Done : new StepOutcome.Retry("ProvisioningFailed", secrets.Conceal(answer.LastLine, resource.Machine.Provisioning.References));
        }
        catch (SecretUnavailableException e)
        {
            return new StepOutcome.Retry(SecretUnavailableException.Reason, e.Message);
        }
        catch (SshTunnelException e)
        {
            return new StepOutcome.Pending(e.Message);
        }
    });

    private async Task<StepOutcome> RemoveAsync(Step step, CancellationToken cancellation)
    {
        var machine = machines[step.Resource.Name];
        var folder = machine.Folder;
        if (supervisor.Adopt(folder.Path) is not null)
            return new StepOutcome.Retry("StillRunning", $"{step.Resource.Name} runs, and must be stopped first");
        await machine.Tunnel.CloseAsync(cancellation);
        if (!Directory.Exists(folder.Path))
            return Done;

        // The state comes last: as long as it is there, what is left is known to be a machine's.
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
            return new StepOutcome.Succeeded("another machine uses it, so it stays");
        foreach (var folder in folders.All)
            File.Delete(folder.SlotOf(step.Sha256));
        images.Remove(step.Sha256);
        return Done;
    }
}
