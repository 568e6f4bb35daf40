using EdgeOperator.Agent.Clock;
using EdgeOperator.Agent.Execution;
using EdgeOperator.Agent.Kinds.SystemUpdate.Packages;
using EdgeOperator.Core.Kinds.SystemUpdate;
using EdgeOperator.Core.Kinds.SystemUpdate.Reboots;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.State;

namespace EdgeOperator.Agent.Kinds.SystemUpdate.Reboots;

/// <summary>Has the device rebooted, and finds out whether it is well afterwards. Every step can be done twice, and cut short anywhere.</summary>
/// <param name="folder">The driver's own.</param>
internal sealed class RebootExecutor(string folder, UpdatesConfiguration configuration, RebootFile file, TransactionFile transaction, PackageTools tools, UpdateExecutor updates, UpdateRecords records, TimeProvider time)
{
    private static readonly TimeSpan CommandTimeout = TimeSpan.FromMinutes(1);

    /// <summary>After that long a system that was asked to reboot and still runs has not listened.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    public static bool Handles(Step step) => step is AnnounceReboot or RebootDevice or CheckBoot or EndReboot;

    public StepOutcome Announce(AnnounceReboot step, string revision)
    {
        if (file.Read() is { IsOver: false })
            return new StepOutcome.Succeeded();
        file.Write(new()
        {
            Update = step.Resource.Name,
            Revision = revision,
            Reasons = step.Reasons,
            Transaction = transaction.Read() is { Boot: { } boot } last && boot == file.Boot ? last.Id : null,
            At = Now(),
            Boot = file.Boot,
        });
        return new StepOutcome.Succeeded($"all that runs is stopped, and the device is rebooted: {step.Reason}");
    }

    /// <summary>Does not return with success: the end of this process comes first.</summary>
    public async Task<StepOutcome> RebootAsync(ReportProgress say, CancellationToken cancellation)
    {
        if (file.Read() is not { Phase: RebootPhase.Announced or RebootPhase.Requested } reboot)
            return new StepOutcome.Succeeded();
        var command = string.Join(' ', configuration.RebootCommand);
        if (reboot.Requests >= DeviceReboot.MostRequests)
        {
            var refused = $"the system was asked to reboot {reboot.Requests} times, and did not (`{command}`)";
            file.Write(reboot with { Failure = refused });
            return new StepOutcome.Succeeded(refused);
        }

        file.Write(reboot with { Phase = RebootPhase.Requested, Requests = reboot.Requests + 1 });
        say($"the system is asked to reboot: {reboot.Because}");
        var result = await tools.RunAsync(CommandTimeout, cancellation, configuration.RebootCommand);
        if (!result.IsSuccess)
            return Refused($"`{command}` ended with {result.ExitCode}: {result.Errors.Trim()}");
        await Task.Delay(Patience, time, cancellation);
        return Refused($"`{command}` succeeded, and the device still runs {Patience.TotalMinutes:0} minutes later");
    }

    /// <param name="left">For how long what is required may still fail.</param>
    public async Task<StepOutcome> CheckAsync(SystemUpdateResource update, TimeSpan left, ReportProgress say, CancellationToken cancellation)
    {
        say("the boot is being checked");
        BootChecks.Find(tools, configuration.BootChecks, update.Update.HealthChecks, left > TimeSpan.FromSeconds(1) ? left : TimeSpan.FromSeconds(1)).Write(folder);
        var failure = await updates.WorkAsync(PackageTask.CheckBoot, cancellation);
        if (file.Read() is { Phase: RebootPhase.Checking } reboot)
            file.Write(failure is null ? reboot with { HasPassedChecks = true } : reboot with { Failure = failure });
        return new StepOutcome.Succeeded(failure ?? "all that is required holds");
    }

    /// <summary>Packages that were changed before a boot that is not good go back: first that is on the disk, then that the reboot is over.</summary>
    public StepOutcome End(EndReboot step)
    {
        if (file.Read() is not { IsOver: false } reboot)
            return new StepOutcome.Succeeded();
        if (step.Failure is not null && reboot.Phase == RebootPhase.Checking && transaction.Read() is { Phase: TransactionPhase.Applied } last && last.Id == reboot.Transaction)
            transaction.Write(last with { Phase = TransactionPhase.GoingBack, Attempts = 0, EndedAt = null, Message = $"after the reboot: {step.Failure}" });
        var ended = reboot with { Phase = step.Failure is null ? RebootPhase.Good : RebootPhase.Failed, Failure = step.Failure, EndedAt = Now() };
        records.Change(record => record with { Reboots = [.. record.Reboots.TakeLast(UpdateRecord.MostReboots - 1), ended] });
        file.Write(ended);
        return new StepOutcome.Succeeded();
    }

    private DateTimeOffset Now() => SteadyClock.WallNow(time);

    private static StepOutcome.Retry Refused(string message) => new("RebootRefused", message) { Fault = Fault.Device };
}
