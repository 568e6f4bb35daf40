using System.Collections.Immutable;
using EdgeOperator.Core.Kinds.SystemUpdate;
using EdgeOperator.Core.Kinds.SystemUpdate.Packages;

namespace EdgeOperator.Agent.Kinds.SystemUpdate.Packages;

/// <summary>Finds out what apt would do for a SystemUpdate. It changes nothing, and needs no lock.</summary>
/// <param name="saved">Where packages to go back by lie, as the system itself sees it.</param>
internal sealed class PackageLook(PackageTools tools, string saved)
{
    /// <summary>What is left to everything else on the disk, in bytes.</summary>
    private const long Reserve = 32 << 20;

    private const string Archives = "/var/cache/apt/archives";

    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(2);

    /// <summary>All that an answer depends on, told by the times of files; the same as long as nothing has changed.</summary>
    public string Signature()
    {
        string[] files =
        [
            "/var/lib/dpkg/status", "/var/lib/dpkg/updates", "/var/lib/apt/lists", "/var/lib/apt/extended_states",
            "/etc/apt/sources.list", "/etc/apt/sources.list.d", "/etc/apt/preferences", "/etc/apt/preferences.d", "/etc/apt/apt.conf", "/etc/apt/apt.conf.d",
            Archives, saved,
        ];
        return string.Join(' ', files.Select(file => Platform.Files.FileStatus.Of(tools.PathOf(file))?.Signature.ToString() ?? "-"));
    }

    /// <param name="holding">Packages that the agent holds for this update.</param>
    /// <exception cref="IOException">apt or dpkg can't be run.</exception>
    public async Task<ObservedPackages> LookAsync(SystemUpdateSpec update, IReadOnlySet<string> holding, CancellationToken cancellation)
    {
        var installed = await InstalledPackages.ReadAsync(tools, cancellation);
        var interrupted = installed.Where(package => package.Value.IsUnfinished).Select(package => package.Key).Order(StringComparer.Ordinal).ToImmutableArray();
        if (interrupted.IsEmpty && IsJournalLeft())
            interrupted = ["dpkg"];

        var present = update.Packages.Where(rule => rule.State == PackagePresence.Present).Select(rule => rule.Name).ToList();
        var available = present.Count == 0 ? [] : await VersionsAsync(present, cancellation);
        var security = ImmutableArray<PackageChange>.Empty;
        if (update.Security == SecurityUpdates.All)
        {
            var all = await tools.RunAsync(Timeout, cancellation, ["apt-get", "-s", .. PackageTools.Options, "dist-upgrade"]);
            if (!all.IsSuccess && interrupted.IsEmpty)
                return new() { Problem = AptOutput.Explain(all) };
            security = AptOutput.SecurityChanges(all.Output);
        }

        var request = PackageRequest.Of(update, installed, available, holding, security);
        var found = new ObservedPackages { Request = request.Arguments, Hold = request.Hold, Unhold = request.Unhold, Interrupted = interrupted, Problem = request.Problem };
        return request.Problem is not null || request.Arguments.IsEmpty ? found : await SimulateAsync(update, request, found, installed, holding, cancellation);
    }

    /// <summary>The changes that apt would make now.</summary>
    /// <exception cref="IOException">apt can't be run.</exception>
    public async Task<(ImmutableArray<PackageChange> Changes, string? Problem)> SimulateAsync(ImmutableArray<string> arguments, CancellationToken cancellation)
    {
        var simulation = await tools.RunAsync(Timeout, cancellation, ["apt-get", "-s", .. PackageTools.Options, "install", .. arguments]);
        return simulation.IsSuccess ? (AptOutput.Changes(simulation.Output), null) : ([], AptOutput.Explain(simulation));
    }

    private async Task<ObservedPackages> SimulateAsync(
        SystemUpdateSpec update, PackageRequest request, ObservedPackages found, Dictionary<string, InstalledPackage> installed, IReadOnlySet<string> holding, CancellationToken cancellation)
    {
        var (changes, problem) = await SimulateAsync(request.Arguments, cancellation);

        // What was left half done comes first; until then apt says nothing else than that.
        if (problem is not null)
            return found.Interrupted.IsEmpty ? found with { Problem = problem } : found;
        if (changes.IsEmpty)
            return found with { Request = [] };
        var exact = request with { Arguments = Exact(request.Arguments, changes) };
        found = found with
        {
            Request = exact.Arguments,
            Changes = changes,
            Problem = PackageRequest.Refuse(update, changes, installed, holding),
            NeedReboot = [.. changes.Where(PackageRequest.NeedsReboot).Select(change => change.Name)],
        };
        return found.Problem is not null ? found : await MeasureAsync(found, installed, cancellation);
    }

    /// <summary>With the versions that the simulation has, for what names none; without what is as it should be.</summary>
    private static ImmutableArray<string> Exact(ImmutableArray<string> arguments, ImmutableArray<PackageChange> changes)
    {
        var to = changes.Where(change => change.To is not null).ToDictionary(change => change.Name, change => change.To!);
        return [.. arguments.Select(argument => argument.Contains('=', StringComparison.Ordinal) || argument.EndsWith('-') ? argument : to.TryGetValue(argument, out var version) ? $"{argument}={version}" : null).OfType<string>()];
    }

    private async Task<ObservedPackages> MeasureAsync(ObservedPackages found, Dictionary<string, InstalledPackage> installed, CancellationToken cancellation)
    {
        var uris = await tools.RunAsync(Timeout, cancellation, ["apt-get", "-q", .. PackageTools.Options, "--print-uris", "install", .. found.Request]);
        var records = await tools.RunAsync(Timeout, cancellation, ["apt-cache", "show", .. found.Changes.Where(change => change.To is not null).Select(change => $"{change.Name}={change.To}")]);
        var sizes = AptOutput.Sizes(records.Output);
        var grown = found.Changes.Select(change => (New: change.To is null ? 0 : sizes.GetValueOrDefault($"{change.Name}={change.To}"), Old: change.From is null ? 0 : installed.GetValueOrDefault(change.Name)?.Size ?? 0)).ToList();
        var fetch = AptOutput.ToFetch(uris.Output);
        var growth = grown.Sum(size => size.New - size.Old);

        // Each package's new files lie beside its old ones for a while.
        var peak = Math.Max(0, growth) + grown.Max(size => size.New) + fetch;
        return found with
        {
            ToFetch = fetch,
            Growth = growth,
            LacksSpace = LackOf("/var/lib/dpkg", peak, Reserve) ?? LackOf("/usr", peak - fetch, 0) ?? LackOf(Archives, fetch, 0),
            Irreversible = await IrreversibleAsync(found.Changes, cancellation),
        };
    }

    private string? LackOf(string folder, long bytes, long reserve)
    {
        var free = new DriveInfo(tools.PathOf(folder)).AvailableFreeSpace;
        return bytes == 0 || free >= bytes + reserve ? null
            : $"it takes {PackageText.Size(bytes)} on the disk of {folder}, which has {PackageText.Size(free)} left{(reserve > 0 ? $", of which {PackageText.Size(reserve)} are for everything else" : "")}";
    }

    private async Task<ImmutableArray<string>> IrreversibleAsync(ImmutableArray<PackageChange> changes, CancellationToken cancellation)
    {
        var replaced = changes.Where(change => change.From is not null && FindSaved(change) is null).ToList();
        if (replaced.Count == 0)
            return [];
        var versions = await VersionsAsync(replaced.Select(change => change.Name), cancellation);
        return [.. replaced.Where(change => !versions.GetValueOrDefault(change.Name, []).Contains(change.From!)).Select(change => $"{change.Name} {change.From}")];
    }

    /// <summary>The file with the version that a change replaces, as the system itself sees it; null when there is none.</summary>
    public string? FindSaved(PackageChange change)
    {
        var pattern = $"{change.Name.Split(':')[0]}_{change.From!.Replace(":", "%3a", StringComparison.Ordinal)}_*.deb";
        return new[] { saved, Archives }
            .Where(folder => Directory.Exists(tools.PathOf(folder)))
            .SelectMany(folder => Directory.EnumerateFiles(tools.PathOf(folder), pattern).Select(file => $"{folder}/{Path.GetFileName(file)}"))
            .FirstOrDefault();
    }

    private async Task<Dictionary<string, ImmutableArray<string>>> VersionsAsync(IEnumerable<string> packages, CancellationToken cancellation) =>
        AptOutput.Versions((await tools.RunAsync(Timeout, cancellation, ["apt-cache", "madison", .. packages])).Output);

    // As apt tells that dpkg was cut short.
    private bool IsJournalLeft() => Directory.Exists(tools.PathOf("/var/lib/dpkg/updates"))
        && Directory.EnumerateFiles(tools.PathOf("/var/lib/dpkg/updates")).Any(file => Path.GetFileName(file).All(char.IsAsciiDigit));
}
