using System.Collections.Immutable;

namespace EdgeOperator.Core.Interop;

/// <summary>
/// The variables that cross between host and guest, as WSLENV lists them: <c>NAME[/flags]:…</c>. Every rule is that of
/// <c>UtilParseWslEnv</c> (microsoft/WSL, src/linux/init/util.cpp): upper and lower case matter, and an entry with an unknown
/// flag is dropped.
/// </summary>
public static class WslEnv
{
    public const string Name = "WSLENV";

    /// <summary>For a program of the guest that the host starts: entries without <c>/w</c>.</summary>
    /// <param name="variable">A variable of the host; null when it is not defined.</param>
    /// <param name="directory">What relative paths in lists are meant from; null leaves them out.</param>
    /// <returns>WSLENV itself first. The last of the same name counts.</returns>
    public static ImmutableArray<KeyValuePair<string, string>> ToGuest(Func<string, string?> variable, PathMap paths, string? directory = null) =>
        Cross(variable, 'w', list => paths.ListToGuest(list, directory));

    /// <summary>For a program of the host that the guest starts: entries without <c>/u</c>.</summary>
    /// <param name="variable">A variable of the guest; null when it is not defined.</param>
    /// <inheritdoc cref="ToGuest"/>
    public static ImmutableArray<KeyValuePair<string, string>> ToHost(Func<string, string?> variable, PathMap paths, string? directory = null) =>
        Cross(variable, 'u', list => paths.ListToHost(list, directory));

    /// <summary>WSLENV with entries more; those that are there already are not repeated.</summary>
    public static string Add(string? list, IEnumerable<string> entries)
    {
        var known = Entries(list ?? "").ToArray();
        return string.Join(':', known.Concat(entries).Distinct(StringComparer.Ordinal));
    }

    private static ImmutableArray<KeyValuePair<string, string>> Cross(Func<string, string?> variable, char excluded, Func<string, string?> translate)
    {
        var list = variable(Name) ?? "";
        var shared = ImmutableArray.CreateBuilder<KeyValuePair<string, string>>();
        shared.Add(new(Name, list));
        foreach (var entry in Entries(list))
        {
            var slash = entry.IndexOf('/');
            var name = slash < 0 ? entry : entry[..slash];
            var flags = slash < 0 ? "" : entry[(slash + 1)..];
            if (name.Length == 0 || name.Contains('=') || flags.Any(flag => flag == excluded || !"pluw".Contains(flag)))
                continue;

            // A path may be a list, whichever of both flags it has. What is listed and not defined is empty on the other side.
            var value = variable(name);
            var result = value is not null && flags.AsSpan().ContainsAny('p', 'l') ? translate(value) : value ?? "";
            if (result is not null)
                shared.Add(new(name, result));
        }

        return shared.ToImmutable();
    }

    private static string[] Entries(string list) => list.TrimEnd(' ', '\t', '\n', '\v', '\f', '\r').Split(':', StringSplitOptions.RemoveEmptyEntries);
}
