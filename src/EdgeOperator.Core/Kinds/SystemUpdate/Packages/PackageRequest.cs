using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace EdgeOperator.Core.Kinds.SystemUpdate.Packages;

/// <summary>A package as dpkg has it.</summary>
/// <param name="Size">Bytes that it takes on the disk.</param>
/// <param name="IsUnfinished">A run of dpkg has left it half done.</param>
public sealed record InstalledPackage(string Version, bool IsHeld, long Size, bool IsUnfinished = false)
{
    /// <summary>Its files may be missing or of two versions, so that configuring it is not enough.</summary>
    public bool NeedsReinstallation { get; init; }
}

/// <summary>
/// What apt is asked for so that packages become as desired. Whether it does just that is told by its simulation: <see cref="Refuse"/>.
/// </summary>
/// <param name="Arguments">Of <c>apt-get install</c>.</param>
/// <param name="Problem">Why it can't be asked for; null when it can.</param>
public sealed partial record PackageRequest(ImmutableArray<string> Arguments, ImmutableArray<string> Hold, ImmutableArray<string> Unhold, string? Problem)
{
    /// <param name="installed">By name.</param>
    /// <param name="available">The versions that repositories have, by name, of the packages that are to be present.</param>
    /// <param name="holding">Packages that the agent holds.</param>
    /// <param name="security">What security updates would change, as long as nothing else is asked for.</param>
    public static PackageRequest Of(
        SystemUpdateSpec update,
        IReadOnlyDictionary<string, InstalledPackage> installed,
        IReadOnlyDictionary<string, ImmutableArray<string>> available,
        IReadOnlySet<string> holding,
        ImmutableArray<PackageChange> security)
    {
        var arguments = ImmutableArray.CreateBuilder<string>();
        var (hold, problems) = (new List<string>(), new List<string>());
        foreach (var rule in update.Packages)
        {
            var found = installed.GetValueOrDefault(rule.Name);
            var foreignHold = found is { IsHeld: true } && !holding.Contains(rule.Name);
            if (rule.IsHeld && found is not { IsHeld: true })
                hold.Add(rule.Name);
            if (Argument(rule, found, available.GetValueOrDefault(rule.Name, []), problems) is not { } argument)
                continue;
            if (foreignHold && argument != rule.Name)
                problems.Add($"{rule.Name} is held by hand: release it (apt-mark unhold {rule.Name}), or write `state: held`");
            else
                arguments.Add(argument);
        }

        var named = update.Packages.Select(rule => rule.Name).ToHashSet();
        arguments.AddRange(security
            .Where(change => change is { From: not null, To: not null } && !named.Contains(change.Name) && !IsEngine(change.Name) && installed.GetValueOrDefault(change.Name) is not { IsHeld: true })
            .Select(change => $"{change.Name}={change.To}"));
        return new(arguments.ToImmutable(), [.. hold], Released(update, installed, holding), problems.Count == 0 ? null : string.Join("; ", problems));
    }

    /// <summary>Why a simulation is not what was asked for; null when it is.</summary>
    public static string? Refuse(SystemUpdateSpec update, ImmutableArray<PackageChange> changes, IReadOnlyDictionary<string, InstalledPackage> installed, IReadOnlySet<string> holding)
    {
        var rules = update.Packages.ToDictionary(rule => rule.Name);
        foreach (var change in changes)
        {
            var rule = rules.GetValueOrDefault(change.Name);
            if (change.To is null && rule?.State != PackagePresence.Absent)
                return $"it would remove {change.Name} {change.From}, which nobody asks for: write `state: absent` for it if that is wanted";
            if (change.IsDowngrade && rule is not { State: PackagePresence.Present })
                return $"it would go back from {change.Name} {change.From} to {change.To}, which nobody asks for";
            if (rule?.State == PackagePresence.Held)
                return $"it would change {change.Name}, which is to be held";
            if (installed.GetValueOrDefault(change.Name) is { IsHeld: true } && !holding.Contains(change.Name))
                return $"it would change {change.Name}, which is held by hand: release it (apt-mark unhold {change.Name}), or write `state: held`";
        }

        return null;
    }

    /// <summary>Packages that run containers: an update of one may stop them all, so that security updates leave them to whoever names them.</summary>
    public static bool IsEngine(string package) => Engine().IsMatch(package);

    /// <summary>Whether a change is known to take effect at the next boot alone.</summary>
    public static bool NeedsReboot(PackageChange change) => change.To is not null && Boot().IsMatch(change.Name);

    private static string? Argument(PackageRule rule, InstalledPackage? found, ImmutableArray<string> available, List<string> problems)
    {
        switch (rule)
        {
            case { State: PackagePresence.Absent }:
                return found is null ? null : $"{rule.Name}-";
            case { State: PackagePresence.Held }:
                if (found is null)
                    problems.Add($"{rule.Name} is to be held, and is not installed");
                return null;
            case { Rule.IsLatest: true } when found is not null || !available.IsEmpty:
                return rule.Name;
            case { Rule.Exact: { } exact } when found?.Version == exact || available.Contains(exact):
                return found?.Version == exact ? null : $"{rule.Name}={exact}";
        }

        // Not asked for all the same: apt would take a name that it does not know for a pattern.

        if (rule.Rule.Newest(available) is not { } newest)
        {
            if (found is null || !rule.Rule.Allows(found.Version))
                problems.Add($"no repository has {rule.Name}{(rule.Rule.IsLatest ? "" : $" {rule.Version}")}{(available.IsEmpty ? "" : $"; there are {string.Join(", ", available)}")}");
            return null;
        }

        return found is not null && rule.Rule.Allows(found.Version) && DebianVersion.Compare(newest, found.Version) <= 0 ? null : $"{rule.Name}={newest}";
    }

    /// <summary>What the agent holds, and this update does not ask it to hold any more.</summary>
    private static ImmutableArray<string> Released(SystemUpdateSpec update, IReadOnlyDictionary<string, InstalledPackage> installed, IReadOnlySet<string> holding)
    {
        var wanted = update.Packages.Where(rule => rule.IsHeld).Select(rule => rule.Name).ToHashSet();
        return [.. holding.Where(name => !wanted.Contains(name) && installed.GetValueOrDefault(name) is { IsHeld: true }).Order(StringComparer.Ordinal)];
    }

    [GeneratedRegex(@"^(docker|docker\.io|docker-ce|docker-ce-.*|containerd|containerd\.io|moby-.*|runc|crun|podman|cri-o.*|edgeop.*)\z")]
    private static partial Regex Engine();

    [GeneratedRegex(@"^(linux-image-.*|linux-base|libc6|systemd|systemd-sysv|dbus|dbus-daemon|dbus-broker|init|initramfs-tools|.*-microcode|firmware-.*|raspi-firmware)\z")]
    private static partial Regex Boot();
}
