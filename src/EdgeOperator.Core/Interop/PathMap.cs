using System.Collections.Immutable;
using EdgeOperator.Core.Kinds.VirtualMachine;

namespace EdgeOperator.Core.Interop;

/// <summary>
/// Which paths of the host are which in the guest: those in shared folders, and on WSL all of the guest's. Rules as in
/// microsoft/WSL, src/linux/init/util.cpp and wslpath.cpp. Text only: no link is resolved, and what does not exist is translated all
/// the same, as wslpath does since it takes a path that it can't resolve as it is.
/// </summary>
public sealed class PathMap
{
    private readonly ImmutableArray<Share> _shares;
    private readonly string? _distribution;
    private readonly StringComparison _comparison;

    /// <param name="folders">Paths on both sides are absolute; others are passed over.</param>
    /// <param name="distribution">On WSL the distribution, whose files the host sees as <c>\\wsl.localhost\NAME\…</c>; null elsewhere.</param>
    public PathMap(HostStyle style, IEnumerable<SharedFolder> folders, string? distribution = null)
    {
        Style = style;
        _distribution = distribution;
        _comparison = style == HostStyle.Windows ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
        _shares = [.. folders.Select(Share.From(style)).OfType<Share>()];
    }

    public HostStyle Style { get; }

    /// <summary>As WSL mounts drives: <c>C:</c> at <c>/mnt/c</c>, in lower case.</summary>
    /// <param name="root">Where drives are mounted: <c>automount.root</c> of wsl.conf.</param>
    public static PathMap ForWsl(string distribution, IEnumerable<char> drives, string root = "/mnt") =>
        new(HostStyle.Windows, DrivesOfWsl(drives, root), distribution);

    /// <inheritdoc cref="ForWsl"/>
    public static IEnumerable<SharedFolder> DrivesOfWsl(IEnumerable<char> drives, string root = "/mnt") =>
        drives.Select(drive => new SharedFolder($@"{char.ToUpperInvariant(drive)}:\", $"{root.TrimEnd('/')}/{char.ToLowerInvariant(drive)}", ReadOnly: false));

    /// <returns>Null when the guest can't see it: it is in no shared folder, leaves it by <c>..</c>, or another one hides it.</returns>
    public string? ToGuest(string path)
    {
        if (path.Contains('\0') || Canonical(path) is not { } host)
            return null;
        if (Longest(host, share => share.Host, Separator, _comparison) is not { } found)
            return OfDistribution(host);

        var rest = host[found.Host.Length..];
        if (Style == HostStyle.Windows)
            rest = PathText.UnescapeFromNtfs(rest.Replace('\\', '/'));
        return OrRoot(found.Guest + rest, '/') is var guest && ShareOfGuest(guest) == found ? guest : null;
    }

    /// <returns>Null when the host can't see it: it is in no shared folder, or leaves it by <c>..</c>.</returns>
    public string? ToHost(string path)
    {
        if (path.Contains('\0') || PathText.Unix(path) is not { } guest)
            return null;
        if (ShareOfGuest(guest) is { } found)
            return OrRoot(found.Host + Escaped(guest[found.Guest.Length..]), Separator);
        return _distribution is null ? null : $@"\\wsl.localhost\{_distribution}{Escaped(guest)}";
    }

    /// <summary>What <c>wslpath</c> prints. A relative path stays relative unless it leaves the directory.</summary>
    /// <param name="directory">What a relative path is meant from, in the path's own form.</param>
    /// <param name="absolute"><c>-a</c>.</param>
    /// <returns>Null when the other side can't see it.</returns>
    public string? Translate(PathForm form, string path, string directory, bool absolute = false)
    {
        var toGuest = form == PathForm.Guest;
        if (path.Length == 0 || Absolute(path, directory, toGuest, out var isRelative) is not { } full)
            return null;
        var result = toGuest ? ToGuest(full) : ToHost(full);
        if (result is not null && isRelative && !absolute)
            result = Relative(result, toGuest ? ToGuest(directory) : ToHost(directory), toGuest ? '/' : Separator);
        return form == PathForm.Mixed && Style == HostStyle.Windows ? result?.Replace('\\', '/') : result;
    }

    /// <summary>
    /// Lists of paths, as PATH is one: <c>;</c> separates them on Windows, <c>:</c> elsewhere. What can't be translated is left out.
    /// </summary>
    /// <param name="directory">What relative paths are meant from; null leaves them out, and on Windows hosts they are left out anyway.</param>
    /// <returns>Null when nothing is left.</returns>
    public string? ListToGuest(string list, string? directory = null) =>
        TranslateList(PathForm.Guest, list, ListSeparator, ':', Style == HostStyle.Windows ? null : directory);

    /// <inheritdoc cref="ListToGuest"/>
    public string? ListToHost(string list, string? directory = null) => TranslateList(PathForm.Host, list, ':', ListSeparator, directory);

    /// <summary>The shared folder that a guest's path lies in; null when it lies in none.</summary>
    public SharedFolder? FolderOfGuest(string path) => PathText.Unix(path) is { } guest ? ShareOfGuest(guest)?.Folder : null;

    private char Separator => Style == HostStyle.Windows ? '\\' : '/';

    private char ListSeparator => Style == HostStyle.Windows ? ';' : ':';

    private string? TranslateList(PathForm form, string list, char from, char to, string? directory)
    {
        var paths = list.Split(from, StringSplitOptions.RemoveEmptyEntries)
            .Select(path => directory is not null ? Translate(form, path, directory) : form == PathForm.Guest ? ToGuest(path) : ToHost(path))
            .OfType<string>();
        return string.Join(to, paths) is { Length: > 0 } result ? result : null;
    }

    private string? Canonical(string host) => Style == HostStyle.Windows ? PathText.Windows(host) : PathText.Unix(host);

    private string Escaped(string guest) => Style == HostStyle.Windows ? PathText.EscapeForNtfs(guest).Replace('/', '\\') : guest;

    private Share? ShareOfGuest(string guest) => Longest(guest, share => share.Guest, '/', StringComparison.Ordinal);

    // Of two at the same place the later one hides the earlier.
    private Share? Longest(string path, Func<Share, string> prefix, char separator, StringComparison comparison) => _shares
        .Where(share => PathText.IsIn(path, prefix(share), separator, comparison))
        .Aggregate((Share?)null, (best, share) => best is null || prefix(share).Length >= prefix(best).Length ? share : best);

    private string? OfDistribution(string host)
    {
        if (_distribution is null)
            return null;
        string[] names = [$@"\\wsl.localhost\{_distribution}", $@"\\wsl$\{_distribution}"];
        return names.FirstOrDefault(name => PathText.IsIn(host, name, '\\', _comparison)) is { } prefix
            ? OrRoot(PathText.UnescapeFromNtfs(host[prefix.Length..].Replace('\\', '/')), '/')
            : null;
    }

    private string? Absolute(string path, string directory, bool ofHost, out bool isRelative)
    {
        var windows = ofHost && Style == HostStyle.Windows;
        path = windows ? path.Replace('/', '\\') : path;
        isRelative = !path.StartsWith(windows ? @"\\" : "/", StringComparison.Ordinal) && !(windows && path is [_, ':', '\\', ..]);
        if (!isRelative)
            return path;
        if (!windows)
            return $"{directory}/{path}";

        // C:name is meant from that drive's own directory, which nobody knows here; \name is on the directory's drive.
        return path is [_, ':', ..] ? null
            : path[0] != '\\' ? $@"{directory}\{path}"
            : directory is [_, ':', ..] ? directory[..2] + path
            : null;
    }

    private static string Relative(string path, string? directory, char separator)
    {
        directory = directory?.TrimEnd(separator);
        if (directory is null || !PathText.IsIn(path, directory, separator, StringComparison.Ordinal))
            return path;
        return path.Length <= directory.Length + 1 ? "." : path[(directory.Length + 1)..];
    }

    // A bare drive, and the root, have a separator though folders have none at their end.
    private static string OrRoot(string path, char separator) => path is "" or [_, ':'] ? path + separator : path;

    /// <param name="Host">Without a separator at its end, so empty for the root.</param>
    /// <param name="Guest">Likewise.</param>
    private sealed record Share(string Host, string Guest, SharedFolder Folder)
    {
        public static Func<SharedFolder, Share?> From(HostStyle style) => folder =>
        {
            var host = style == HostStyle.Unix ? PathText.Unix(folder.Host)
                : PathText.Windows(folder.Host is [_, ':'] ? folder.Host + '\\' : folder.Host);
            return host is null || PathText.Unix(folder.Guest) is not { } guest ? null : new(host.TrimEnd('/', '\\'), guest.TrimEnd('/'), folder);
        };
    }
}
