using System.Collections.Immutable;
using System.Globalization;
using EdgeOperator.Agent.Execution;
using EdgeOperator.Agent.Kinds.SystemUpdate.Packages;
using EdgeOperator.Core.Kinds.SystemUpdate;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.State;
using EdgeOperator.Platform.Files;

namespace EdgeOperator.Agent.Kinds.SystemUpdate;

/// <summary>Has the worker do what a step asks for, and waits for it beside the passes.</summary>
internal sealed class UpdateExecutor(string folder, PackageTools tools, IUpdateWorker worker, UpdateRecords records, TimeProvider time)
{
    private const int MostStarts = 5;
    private const int MostRevisions = 20;
    private const long LeastSpace = 64 << 10;

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan ShortTimeout = TimeSpan.FromMinutes(1);

    private readonly TransactionFile _transaction = new(folder);

    public PackageTransaction? Transaction => _transaction.Read();

    public async Task<StepOutcome> RefreshAsync(SystemUpdateResource update, ReportProgress say, CancellationToken cancellation)
    {
        say("package lists are being fetched");
        if (await WorkAsync(PackageTask.Refresh, cancellation) is { } failure)
            return Failed("RefreshFailed", $"package lists can't be fetched: {failure}");
        records.Change(record => record with { Refreshed = record.Refreshed.SetItem(update.Id.Name, Now()), RefreshedFor = record.RefreshedFor.SetItem(update.Id.Name, update.Update.PackagesHash) });
        return new StepOutcome.Succeeded();
    }

    /// <param name="revision">The one that asks for it.</param>
    public async Task<StepOutcome> DownloadAsync(SystemUpdateResource update, string revision, ObservedPackages packages, ReportProgress say, CancellationToken cancellation)
    {
        say($"packages are being fetched ({packages.ToFetch >> 10} KiB)");
        PrivateFolder.Create(folder);
        _transaction.WritePlanned(New(update, revision, packages, overridden: null));
        return await WorkAsync(PackageTask.Download, cancellation) is { } failure ? Failed("DownloadFailed", $"packages can't be fetched: {failure}") : new StepOutcome.Succeeded();
    }

    /// <summary>Begins a transaction, unless one is under way already, and waits for its end.</summary>
    /// <param name="update">Null where nothing desires it any more.</param>
    /// <param name="revision">The one that asks for it.</param>
    public Task<StepOutcome> ApplyAsync(ApplyPackages step, SystemUpdateResource? update, string revision, ObservedPackages packages, ReportProgress say, CancellationToken cancellation)
    {
        if (_transaction.Read() is { IsOver: false } running)
            return FinishAsync(running, say, cancellation);
        if (update is null)
            return Task.FromResult<StepOutcome>(new StepOutcome.Terminal("NotDesired", $"{step.Resource} is not desired, so there is nothing to update"));
        PrivateFolder.Create(folder);
        records.Change(record => record with { Held = record.Held.SetItems(packages.Hold.Select(package => KeyValuePair.Create(package, update.Id.Name))) });
        return FinishAsync(_transaction.Write(New(update, revision, packages, step.Override)), say, cancellation);
    }

    private async Task<StepOutcome> FinishAsync(PackageTransaction transaction, ReportProgress say, CancellationToken cancellation)
    {
        for (var starts = 0; !transaction.IsOver;)
        {
            // Killed again and again, or never able to begin: the next try waits longer. On a full disk one try is enough.
            if (!worker.IsWorking && starts > 0 && (transaction.IsDiskFull || IsFull(folder)))
                return Failed(FaultAdvice.DiskFull, $"{(transaction.Message is { Length: > 0 } cause ? $"{cause}; " : "")}there is too little space on the disk to go on");
            if (!worker.IsWorking && ++starts > MostStarts)
                return Failed("UpdateInterrupted", $"what changes packages has ended before its time {MostStarts} times");
            if (!worker.IsWorking)
                await worker.StartAsync(PackageTask.Apply, cancellation);
            say(transaction.Message is { Length: > 0 } message ? message : "packages are being changed");
            await Task.Delay(Look, time, cancellation);
            transaction = _transaction.Read() ?? throw new IOException("the record of the transaction is lost");
        }

        return transaction switch
        {
            { Phase: TransactionPhase.Applied } => new StepOutcome.Succeeded(transaction.Message is { Length: > 0 } done ? done : null),
            { IsDiskFull: true } => Failed(FaultAdvice.DiskFull, transaction.Message),
            { IsPassing: true } => new StepOutcome.Retry("UpdateRefused", transaction.Message) { Fault = Fault.Device },
            _ => new StepOutcome.Terminal(transaction.Phase == TransactionPhase.Refused ? nameof(BlockedReason.UpdateRefused) : nameof(BlockedReason.UpdateFailed), transaction.Message) { Fault = Fault.Revision },
        };
    }

    public async Task<StepOutcome> ReleaseAsync(string update, ImmutableArray<string> packages, CancellationToken cancellation)
    {
        var result = packages.IsEmpty ? default : await tools.RunAsync(ShortTimeout, cancellation, ["apt-mark", "unhold", .. packages]);
        if (!result.IsSuccess)
            return Failed("ReleaseFailed", AptOutput.Explain(result));
        records.Change(record => record with { Held = record.Held.RemoveRange(record.Held.Where(held => held.Value == update).Select(held => held.Key)) });
        return new StepOutcome.Succeeded();
    }

    /// <summary>Has the worker do something that leaves a <see cref="FetchResult"/>, and waits for it.</summary>
    /// <returns>Why it failed; null when it has not.</returns>
    public async Task<string?> WorkAsync(PackageTask task, CancellationToken cancellation)
    {
        var file = Path.Combine(folder, PackageWork.ResultFile);

        // One that an agent before this one has begun comes to its end first.
        while (worker.IsWorking)
            await Task.Delay(Look, time, cancellation);
        PrivateFolder.Create(folder);
        StateFile.Delete(file);
        await worker.StartAsync(task, cancellation);
        while (worker.IsWorking)
            await Task.Delay(Look, time, cancellation);
        return StateFile.Read(file, FetchJson.Default.FetchResult, out _) is { } result ? result.Failure : "what was to do it has ended before its time";
    }

    private PackageTransaction New(SystemUpdateResource update, string revision, ObservedPackages packages, string? overridden) => new()
    {
        Id = Now().ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture),
        Update = update.Id.Name,
        PackagesHash = update.Update.PackagesHash,
        ChangesHash = packages.ChangesHash,
        Revisions = _transaction.Read() is { } last && last.HasFailedWith(update.Id.Name, packages.ChangesHash) ? [.. last.Revisions.Remove(revision).TakeLast(MostRevisions), revision] : [revision],
        Request = packages.Request,
        Changes = packages.Changes,
        Hold = packages.Hold,
        Unhold = packages.Unhold,
        Checks = update.Update.HealthChecks,
        Override = overridden,
        BeganAt = Now(),
    };

    // Too full to write down what happens.
    private static bool IsFull(string folder) => new DriveInfo(folder).AvailableFreeSpace < LeastSpace;

    private DateTimeOffset Now() => Clock.SteadyClock.WallNow(time);

    // The network, a mirror or the device's own sources: nothing that another revision would mend.
    private static StepOutcome.Retry Failed(string reason, string message) => new(reason, message) { Fault = Fault.Device };
}
