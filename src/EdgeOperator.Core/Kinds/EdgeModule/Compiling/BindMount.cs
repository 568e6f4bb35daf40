using System.Text.RegularExpressions;

namespace EdgeOperator.Core.Kinds.EdgeModule.Compiling;

/// <summary>An entry of <c>HostConfig.Binds</c>: <c>[SOURCE:]TARGET[:OPTIONS]</c>, on Linux or on Windows.</summary>
/// <param name="Source">A path on the device or a volume's name; null for an anonymous volume.</param>
internal sealed partial record BindMount(string? Source, string Target, string? Options)
{
    /// <summary>The volume's name; null when the source is a path or missing.</summary>
    public string? Volume => Source is null || IsAbsolute(Source) ? null : Source;

    public static BindMount? Parse(string text)
    {
        var parts = Part().Matches(text).Select(match => match.Value).ToArray();
        if (string.Join(':', parts) != text && (parts.Length != 2 || $"{parts[0]}:{parts[1]}:" != text))
            return null;
        var bind = parts switch
        {
            // A volume of one letter, which no engine takes, rather than a drive.
            [[_, ':', '/', ..]] => null,
            [var target] => new BindMount(null, target, null),
            [var source, var target] => new BindMount(source, target, null),
            [var source, var target, var options] => new BindMount(source, target, options),
            _ => null,
        };
        return bind is not null && IsMountPoint(bind.Target) && (bind.Volume is null || IsVolumeName(bind.Volume)) ? bind : null;
    }

    /// <summary>Whether the engine mounts anything at this path: absolute, and not the root.</summary>
    public static bool IsMountPoint(string path) => IsAbsolute(path) && Clean(path) != "/";

    /// <summary>A path as the engine compares it: without empty parts, <c>.</c> and <c>..</c>. One of Windows stays as it is.</summary>
    public static string Clean(string path)
    {
        if (!path.StartsWith('/'))
            return path;
        var parts = new Stack<string>();
        foreach (var part in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part != "..")
            {
                if (part != ".")
                    parts.Push(part);
            }
            else if (parts.Count > 0)
            {
                parts.Pop();
            }
        }

        return $"/{string.Join('/', parts.Reverse())}";
    }

    public static bool IsAbsolute(string path) => Absolute().IsMatch(path);

    public static bool IsVolumeName(string name) => VolumeName().IsMatch(name);

    [GeneratedRegex(@"[A-Za-z]:[\\/][^:]*|[^:]+")]
    private static partial Regex Part();

    [GeneratedRegex(@"\A(?:/|[A-Za-z]:[\\/]|\\\\)")]
    private static partial Regex Absolute();

    [GeneratedRegex(@"\A[a-zA-Z0-9][a-zA-Z0-9_.-]+\z")]
    private static partial Regex VolumeName();
}
