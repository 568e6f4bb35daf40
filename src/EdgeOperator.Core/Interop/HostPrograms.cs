using System.Collections.Immutable;

namespace EdgeOperator.Core.Interop;

/// <summary>
/// How the guest names the host's programs. As WSL has it, a name has its extension and the same case; here it must be allowed
/// besides. A program that is listed without an extension may be called with <c>.exe</c> too: since the guest's own programs come
/// first in its PATH, that is how to call one that both have.
/// </summary>
public static class HostPrograms
{
    private const string Extension = ".exe";

    /// <summary>The names that the guest may call, of those that are allowed: <c>uname</c> also as <c>uname.exe</c>, others as they are.</summary>
    public static IEnumerable<string> NamesInGuest(ImmutableSortedDictionary<string, string> allowed) =>
        allowed.Keys.SelectMany(NamesOf).Distinct(StringComparer.Ordinal);

    /// <param name="called">The name that the guest called; what stands before its last slash does not matter.</param>
    /// <param name="allowed">Names and absolute paths.</param>
    /// <returns>The program's name among those that are allowed, and its path; null when it is not allowed.</returns>
    public static (string Name, string Path)? Find(string called, ImmutableSortedDictionary<string, string> allowed)
    {
        var name = called[(called.LastIndexOf('/') + 1)..];

        // By enumeration: a dictionary may have a comparer of its own, and case must match.
        return allowed
            .Where(program => NamesOf(program.Key).Contains(name, StringComparer.Ordinal))
            .OrderByDescending(program => program.Key.Length)
            .Select(program => ((string, string)?)(program.Key, program.Value))
            .FirstOrDefault();
    }

    private static string[] NamesOf(string name) => HasExtension(name) ? [name] : [name, name + Extension];

    private static bool HasExtension(string name) => name.LastIndexOf('.') is > 0 and var dot && dot < name.Length - 1;
}
