using System.Collections.Immutable;
using EdgeOperator.Agent.Kinds.SystemUpdate.Reboots;
using EdgeOperator.Core.Kinds.SystemUpdate;
using EdgeOperator.Core.Kinds.SystemUpdate.Packages;

namespace EdgeOperator.Agent.Kinds.SystemUpdate.Packages;

/// <summary>
/// Brings a transaction to its end: repair what others have left, apply, check, and go back when something fails. Every phase can be begun again
/// wherever it was cut short.
/// </summary>
internal sealed class TransactionRun(PackageTools tools, TransactionFile file, WorkLog log, TimeProvider time)
{
    // After so many interruptions the packages themselves are the likely cause.
    private const int MostAttempts = 5;

    private static readonly TimeSpan Timeout = TimeSpan.FromHours(2);
    private static readonly TimeSpan Short = TimeSpan.FromMinutes(5);

    // Seconds that other programs may hold dpkg's lock.
    private static readonly string[] Lock = ["-o", "DPkg::Lock::Timeout=300"];

    // Set where a phase can't go on for now.
    private bool _isStuck;

    public async Task RunAsync(CancellationToken cancellation)
    {
        if (file.Read() is not { IsOver: false } transaction)
            return;
        transaction = file.Write(transaction with { Attempts = transaction.Attempts + 1 });
        try
        {
            while (!transaction.IsOver && !_isStuck)
            {
                transaction = file.Write(transaction.Phase switch
                {
                    TransactionPhase.Preparing => await PrepareAsync(transaction, cancellation),
                    TransactionPhase.Applying => await ApplyAsync(transaction, cancellation),
                    TransactionPhase.Checking => await CheckAsync(transaction, cancellation),
                    _ => await GoBackAsync(transaction, cancellation),
                });
            }
        }
        catch (IOException e) when (transaction.Phase == TransactionPhase.Preparing)
        {
            file.Write(End(transaction, TransactionPhase.Refused, e.Message) with { IsPassing = true });
        }
    }

    private async Task<PackageTransaction> PrepareAsync(PackageTransaction transaction, CancellationToken cancellation)
    {
        log.Rotate();
        if (await RepairAsync(cancellation) is { } obstacle)
            return End(transaction, TransactionPhase.Refused, obstacle.Words) with { IsPassing = true, IsDiskFull = obstacle.IsDiskFull };
        if (!transaction.Request.IsEmpty)
        {
            var (changes, problem) = await new PackageLook(tools, PackageWork.Saved).SimulateAsync(transaction.Request, cancellation);
            if (problem is not null)
                return End(transaction, TransactionPhase.Refused, problem);

            // A repair may have done some of it.
            if (changes.FirstOrDefault(change => !transaction.Changes.Any(planned => planned.Name == change.Name && planned.To == change.To)) is { } other)
                return End(transaction, TransactionPhase.Refused, $"{other} was not planned: what is there has changed meanwhile") with { IsPassing = true };
        }

        var automatic = await tools.RunAsync(Short, cancellation, "apt-mark", "showauto");
        var known = automatic.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).ToHashSet();
        var installed = await InstalledPackages.ReadAsync(tools, cancellation);
        return transaction with
        {
            Phase = TransactionPhase.Applying,
            Message = $"applying {transaction.Changes.Length} changes of packages",
            Engines = EngineProcesses.Of(transaction.Changes),
            Held = [.. transaction.Changes.Select(change => change.Name).Where(name => installed.GetValueOrDefault(name) is { IsHeld: true })],
            Automatic = [.. transaction.Changes.Where(change => change.To is not null && (known.Contains(change.Name) || (change.From is null && !IsAskedFor(transaction, change)))).Select(change => change.Name)],
        };
    }

    private async Task<PackageTransaction> ApplyAsync(PackageTransaction transaction, CancellationToken cancellation)
    {
        if (transaction.Attempts > MostAttempts)
            return Back(transaction, $"it was cut short {transaction.Attempts - 1} times");
        if (transaction.Attempts > 1)
            await RepairAsync(cancellation);
        if (!transaction.Request.IsEmpty)
        {
            var result = await tools.RunAsync(Timeout, log.Path, cancellation, ["apt-get", .. PackageTools.Options, .. Lock, "install", .. transaction.Request]);
            if (!result.IsSuccess)
            {
                // Nothing has begun without the lock; an apt that an earlier worker has started may still hold it.
                return AptOutput.LockedBy(result) is not { } holder ? Back(transaction, result)
                    : transaction.Attempts > 1 ? transaction with { Message = Locked(holder) }
                    : End(transaction, TransactionPhase.Refused, Locked(holder)) with { IsPassing = true };
            }
        }
        else if (await IsUnfinishedAsync(cancellation))
        {
            return End(transaction, TransactionPhase.Refused, "what an earlier run of dpkg has left half done can't be finished: see dpkg --audit");
        }

        if (await DifferenceAsync(transaction.Changes.Select(change => (change.Name, change.To)), cancellation) is { } difference)
            return Back(transaction, $"apt has ended well, but {difference}");
        await MarkAsync("hold", [.. transaction.Hold.Union(transaction.Held).Except(transaction.Unhold)], cancellation);
        await MarkAsync("unhold", transaction.Unhold, cancellation);
        await MarkAsync("auto", transaction.Automatic, cancellation);
        return transaction with { Phase = TransactionPhase.Checking, Message = $"checking {transaction.Checks.Length} conditions" };
    }

    private async Task<PackageTransaction> CheckAsync(PackageTransaction transaction, CancellationToken cancellation)
    {
        if (await new UpdateChecks(tools, time).RunAsync(transaction.Checks, cancellation) is { } failure)
            return Back(transaction, failure);
        PackageFetch.KeepInstalled(tools, transaction);
        return End(transaction, TransactionPhase.Applied, $"{string.Join(", ", transaction.Changes)}");
    }

    private async Task<PackageTransaction> GoBackAsync(PackageTransaction transaction, CancellationToken cancellation)
    {
        // The very package that has failed may keep others from being configured: that is no reason to stop.
        await RepairAsync(cancellation);
        var look = new PackageLook(tools, PackageWork.Saved);
        string[] before =
        [
            .. transaction.Changes.Select(change => change.From is null ? $"{change.Name}-"
                : look.FindSaved(change) is { } saved ? saved
                : $"{change.Name}={change.From}"),
        ];
        var result = before.Length == 0 ? default : await tools.RunAsync(Timeout, log.Path, cancellation, ["apt-get", .. PackageTools.Options, .. Lock, "install", .. before]);
        if (!result.IsSuccess && AptOutput.LockedBy(result) is not null)
            return transaction;
        var difference = await DifferenceAsync(transaction.Changes.Select(change => (change.Name, change.From)), cancellation);

        // apt may refuse, and leaves a package of the right version alone that is half installed. Without space this would only break more.
        var files = before.Where(argument => argument.StartsWith('/')).ToArray();
        if (difference is not null && files.Length > 0 && !tools.IsDiskFull(result))
        {
            result = await tools.RunAsync(Timeout, log.Path, cancellation, ["dpkg", "--force-confdef", "--force-confold", "--force-downgrade", "--force-depends", "-i", .. files]);
            await tools.RunAsync(Timeout, log.Path, cancellation, ["apt-get", .. PackageTools.Options, .. Lock, "--no-remove", "-f", "install"]);
            difference = await DifferenceAsync(transaction.Changes.Select(change => (change.Name, change.From)), cancellation);
        }

        // Nobody is helped by packages that are neither old nor new: it goes on when there is space.
        if (difference is not null && tools.IsDiskFull(result))
        {
            _isStuck = true;
            return transaction with { IsDiskFull = true, IsPassing = true };
        }

        await MarkAsync("unhold", [.. transaction.Hold.Except(transaction.Held)], cancellation);
        await MarkAsync("hold", [.. transaction.Unhold.Union(transaction.Held)], cancellation);
        await MarkAsync("auto", [.. transaction.Automatic.Where(name => transaction.Changes.Any(change => change.Name == name && change.From is not null))], cancellation);
        return difference is not null
            ? End(transaction, TransactionPhase.Broken, $"{transaction.Message}; going back has failed as well: {difference} (see edgeop logs SystemUpdate/{transaction.Update})")
            : End(transaction, TransactionPhase.WentBack, $"{transaction.Message}; the versions from before are back");
    }

    /// <summary>Finishes what an interrupted run of dpkg, one's own or another's, has left half done.</summary>
    /// <returns>Why it could not be done for now: who holds the lock, or that there is no space; null otherwise.</returns>
    private async Task<Obstacle?> RepairAsync(CancellationToken cancellation)
    {
        if (!await IsUnfinishedAsync(cancellation))
            return null;

        // dpkg itself does not wait for its lock; apt, asked for nothing, does.
        await tools.RunAsync(Short + Short, log.Path, cancellation, ["apt-get", .. PackageTools.Options, .. Lock, "check"]);
        var configured = await tools.RunAsync(Timeout, log.Path, cancellation, "dpkg", "--force-confdef", "--force-confold", "--configure", "-a");
        if (!configured.IsSuccess && AptOutput.LockedBy(configured) is { } holder)
            return new(Locked(holder), IsDiskFull: false);
        var completed = await tools.RunAsync(Timeout, log.Path, cancellation, ["apt-get", .. PackageTools.Options, .. Lock, "--no-remove", "-f", "install"]);
        string[] broken = [.. (await InstalledPackages.ReadAsync(tools, cancellation)).Where(package => package.Value.NeedsReinstallation).Select(package => $"{package.Key}={package.Value.Version}")];
        if (broken.Length > 0)
            completed = await tools.RunAsync(Timeout, log.Path, cancellation, ["apt-get", .. PackageTools.Options, .. Lock, "--no-remove", "--reinstall", "install", .. broken]);
        return !configured.IsSuccess && tools.IsDiskFull(configured) ? Full(configured)
            : !completed.IsSuccess && tools.IsDiskFull(completed) ? Full(completed)
            : null;

        static Obstacle Full(ToolResult result) => new($"what dpkg was interrupted in can't be finished, since there is no space left: {AptOutput.Explain(result)}", IsDiskFull: true);
    }

    private async Task<bool> IsUnfinishedAsync(CancellationToken cancellation)
    {
        var updates = tools.PathOf("/var/lib/dpkg/updates");
        return (Directory.Exists(updates) && Directory.EnumerateFiles(updates).Any())
            || (await InstalledPackages.ReadAsync(tools, cancellation)).Values.Any(package => package.IsUnfinished);
    }

    /// <summary>The first package that is not in the version that it should be in, in words; null when all are.</summary>
    private async Task<string?> DifferenceAsync(IEnumerable<(string Name, string? Version)> wanted, CancellationToken cancellation)
    {
        var installed = await InstalledPackages.ReadAsync(tools, cancellation);
        foreach (var (name, version) in wanted)
        {
            var found = installed.GetValueOrDefault(name);
            if (found?.Version != version)
                return $"{name} is {found?.Version ?? "not installed"} and not {version ?? "gone"}";
            if (found is { IsUnfinished: true })
                return $"{name} {version} is half installed";
        }

        return null;
    }

    private async Task MarkAsync(string mark, ImmutableArray<string> packages, CancellationToken cancellation)
    {
        if (!packages.IsEmpty)
            await tools.RunAsync(Short, log.Path, cancellation, ["apt-mark", mark, .. packages]);
    }

    private PackageTransaction End(PackageTransaction transaction, TransactionPhase phase, string message) =>
        transaction with { Phase = phase, Message = message, EndedAt = time.GetUtcNow(), Boot = BootName.Of(tools.Root) };

    private static PackageTransaction Back(PackageTransaction transaction, string why) =>
        transaction with { Phase = TransactionPhase.GoingBack, Message = why };

    private PackageTransaction Back(PackageTransaction transaction, ToolResult failed) => tools.IsDiskFull(failed)
        ? Back(transaction, $"there was no space left on the disk ({AptOutput.Explain(failed)})") with { IsDiskFull = true, IsPassing = true }
        : Back(transaction, AptOutput.Explain(failed));

    private static bool IsAskedFor(PackageTransaction transaction, PackageChange change) =>
        transaction.Request.Any(argument => argument.StartsWith($"{change.Name}=", StringComparison.Ordinal));

    private static string Locked(string holder) => $"dpkg is locked by {holder}";

    /// <param name="Words">A sentence.</param>
    private sealed record Obstacle(string Words, bool IsDiskFull);
}
