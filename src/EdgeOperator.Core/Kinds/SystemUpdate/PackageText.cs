using System.Collections.Immutable;
using System.Globalization;
using EdgeOperator.Core.Kinds.SystemUpdate.Packages;

namespace EdgeOperator.Core.Kinds.SystemUpdate;

/// <summary>Changes of packages in words.</summary>
public static class PackageText
{
    private const int Named = 8;

    /// <summary>What changes, how large it is, and what it leads to.</summary>
    internal static string Of(ObservedPackages packages) => string.Join("; ", new[]
    {
        Changes(packages),
        packages.ToFetch > 0 ? $"{Size(packages.ToFetch)} to fetch" : null,
        packages.Growth > 0 ? $"{Size(packages.Growth)} more on the disk" : null,
        packages.NeedReboot.IsEmpty ? null : $"needs a reboot ({string.Join(", ", packages.NeedReboot.Take(Named))})",
        packages.Irreversible.IsEmpty ? null : $"no way back for {string.Join(", ", packages.Irreversible.Take(Named))}: no repository has the installed version any more",
    }.OfType<string>());

    internal static string Changes(ObservedPackages packages)
    {
        string[] parts =
        [
            .. packages.Changes.Take(Named).Select(change => $"{change}"),
            .. packages.Changes.Length > Named ? [$"and {packages.Changes.Length - Named} more packages"] : Array.Empty<string>(),
            .. packages.Hold.IsEmpty ? Array.Empty<string>() : [$"hold {string.Join(", ", packages.Hold)}"],
            .. packages.Unhold.IsEmpty ? Array.Empty<string>() : [$"release {string.Join(", ", packages.Unhold)}"],
            .. packages.Interrupted.IsEmpty ? Array.Empty<string>() : [$"finish what was left half done ({string.Join(", ", packages.Interrupted.Take(Named))})"],
        ];
        return string.Join(", ", parts);
    }

    /// <summary>Such as <c>12 packages</c>, or what changes where that is short.</summary>
    public static string Short(ImmutableArray<PackageChange> changes) => changes.Length <= 3 ? string.Join(", ", changes) : $"{changes.Length} packages";

    /// <summary>Bytes for people.</summary>
    public static string Size(long bytes) => bytes switch
    {
        < 1_000 => $"{bytes} B",
        < 1_000_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e3:0.#} kB"),
        < 1_000_000_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0.#} MB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e9:0.#} GB"),
    };
}
