using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using EdgeOperator.Core.Kinds.SystemUpdate.Packages;

namespace EdgeOperator.Agent.Kinds.SystemUpdate.Packages;

/// <summary>What apt and dpkg print in the language C, as apt 2.x and dpkg 1.21 have it.</summary>
internal static partial class AptOutput
{
    private const int LongestReason = 600;

    // ENOSPC, by strerror.
    private const string NoSpace = "No space left on device";

    /// <summary>The changes of <c>apt-get -s</c>: <c>Inst app [1.0] (2.0 Debian:12/stable [all])</c>, <c>Remv app [1.0]</c>.</summary>
    public static ImmutableArray<PackageChange> Changes(string simulation) => [.. Lines(simulation, Change()).Select(ToChange)];

    /// <summary>Those whose new version comes from an archive for security updates.</summary>
    public static ImmutableArray<PackageChange> SecurityChanges(string simulation) =>
        [.. Lines(simulation, Change()).Where(match => match.Groups["archives"].Value.Contains("security", StringComparison.OrdinalIgnoreCase)).Select(ToChange)];

    /// <summary>Bytes to fetch, of <c>apt-get --print-uris</c>: <c>'http://…' app_2.0_all.deb 732 SHA256:…</c>.</summary>
    public static long ToFetch(string uris) => Lines(uris, Uri()).Sum(match => long.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture));

    /// <summary>The versions that repositories have, by package, of <c>apt-cache madison</c>: <c>app | 2.0 | http://…</c>.</summary>
    public static Dictionary<string, ImmutableArray<string>> Versions(string madison) => Lines(madison, Madison())
        .GroupBy(match => match.Groups[1].Value, match => match.Groups[2].Value, StringComparer.Ordinal)
        .ToDictionary(same => same.Key, same => same.Distinct().ToImmutableArray(), StringComparer.Ordinal);

    /// <summary>Bytes on the disk by <c>name=version</c>, of <c>apt-cache show</c>.</summary>
    public static Dictionary<string, long> Sizes(string records)
    {
        var sizes = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var record in records.Split("\n\n", StringSplitOptions.RemoveEmptyEntries))
        {
            var fields = record.Split('\n').Select(line => line.Split(": ", 2)).Where(parts => parts.Length == 2).DistinctBy(parts => parts[0]).ToDictionary(parts => parts[0], parts => parts[1].Trim());
            if (fields.TryGetValue("Package", out var name) && fields.TryGetValue("Version", out var version)
                && long.TryParse(fields.GetValueOrDefault("Installed-Size"), NumberStyles.None, CultureInfo.InvariantCulture, out var kibibytes))
                sizes[$"{name}={version}"] = kibibytes << 10;
        }

        return sizes;
    }

    /// <summary>What went wrong, from the messages: the errors, what is unmet, and the end of the output where there are none.</summary>
    public static string Explain(ToolResult result)
    {
        var lines = $"{result.Errors}\n{(result.Errors == result.Output ? "" : result.Output)}".Split('\n').Select(line => line.TrimEnd()).ToList();
        var errors = lines.Where(line => line.StartsWith("E: ", StringComparison.Ordinal) || line.StartsWith("dpkg: error", StringComparison.Ordinal)
            || line.Contains("but it is not", StringComparison.Ordinal) || line.Contains("is to be installed", StringComparison.Ordinal)
            || (line.StartsWith("W: ", StringComparison.Ordinal) && Signature().IsMatch(line))
            || line.TrimStart().StartsWith("installed ", StringComparison.Ordinal) || line.Contains(NoSpace, StringComparison.Ordinal))
            .Select(line => Prefix().Replace(line.Trim(), "")).Distinct().ToList();
        var text = errors.Count > 0 ? string.Join("; ", errors) : lines.LastOrDefault(line => line.Length > 0) ?? $"it ended with {result.ExitCode}";
        return text.Length > LongestReason ? text[..LongestReason] + "…" : text;
    }

    /// <summary>Who holds the lock, where that is why it failed: <c>process 1154 (unattended-upgr)</c>; null otherwise.</summary>
    public static string? LockedBy(ToolResult result) => Lock().Match(result.Errors) is { Success: true } match
        ? match.Groups[1] is { Success: true, Value: var who } ? who : "another program"
        : null;

    /// <summary>Whether something could not be written, in the words of the kernel.</summary>
    public static bool SaysDiskFull(ToolResult result) =>
        result.Errors.Contains(NoSpace, StringComparison.Ordinal) || result.Output.Contains(NoSpace, StringComparison.Ordinal);

    private static IEnumerable<Match> Lines(string text, Regex form) => text.Split('\n').Select(line => form.Match(line)).Where(match => match.Success);

    private static PackageChange ToChange(Match match) => new(
        match.Groups["name"].Value,
        match.Groups["from"] is { Success: true, Value: var from } ? from : null,
        match.Groups["to"] is { Success: true, Value: var to } ? to : null);

    [GeneratedRegex(@"^(?:Inst (?<name>\S+)(?: \[(?<from>[^\]]+)\])? \((?<to>\S+)(?<archives>[^\[\)]*)(?:\[[^\]]*\])?\)|(?:Remv|Purg) (?<name>\S+) \[(?<from>[^\]]+)\])")]
    private static partial Regex Change();

    [GeneratedRegex(@"^'[^']*' \S+ ([0-9]{1,15})\b")]
    private static partial Regex Uri();

    [GeneratedRegex(@"^\s*(\S+) \|\s*(\S+) \|.*Packages\s*$")]
    private static partial Regex Madison();

    [GeneratedRegex(@"Could not get lock \S+\.(?: It is held by (process [0-9]+(?: \([^)]*\))?))?|(?:dpkg frontend lock|dpkg database) (?:was|is) locked by another process")]
    private static partial Regex Lock();

    [GeneratedRegex("signature|NO_PUBKEY|not signed|expired|Hash Sum mismatch", RegexOptions.IgnoreCase)]
    private static partial Regex Signature();

    [GeneratedRegex("^[EW]: ")]
    private static partial Regex Prefix();
}
