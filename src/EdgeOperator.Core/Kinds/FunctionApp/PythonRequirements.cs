using System.Collections.Immutable;
using System.Text.RegularExpressions;
using EdgeOperator.Core.Manifests.Nodes;

namespace EdgeOperator.Core.Kinds.FunctionApp;

/// <summary>
/// A requirements file of a Python app, in pip's format (https://pip.pypa.io/en/stable/reference/requirements-file-format/).
/// A device installs wheels only: whatever else pip takes makes it run a package's own code while it installs.
/// </summary>
/// <param name="AreNamed">Whether it requires anything itself.</param>
/// <param name="Included">Other requirements and constraints files, as it names them: their paths count from its own folder.</param>
/// <param name="Problem">The first line that a device does not install, with its place; null when there is none.</param>
public sealed partial record PythonRequirements(bool AreNamed, ImmutableArray<string> Included, string? Problem)
{
    public const string FileName = "requirements.txt";

    private static readonly string[] Includes = ["-r", "--requirement", "-c", "--constraint"];
    private static readonly string[] WithValue = [.. Includes, "-i", "--index-url", "--extra-index-url", "-f", "--find-links", "--only-binary", "--trusted-host"];
    private static readonly string[] WithoutValue = ["--no-index", "--require-hashes", "--pre", "--prefer-binary"];
    private static readonly string[] Archives = [".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz", ".whl"];

    /// <param name="path">For messages.</param>
    public static PythonRequirements Read(string path, string text)
    {
        var (areNamed, included, problem) = (false, ImmutableArray.CreateBuilder<string>(), (string?)null);
        foreach (var (number, line) in LogicalLines(text))
        {
            if (!line.StartsWith('-'))
            {
                areNamed = true;
                if (!IsWheel(line))
                    problem ??= $"{path}:{number}:1: {Quote.Short(line)} is not installed from a wheel: name a version, or the URL or path of a .whl file";
            }
            else if (!TryReadOptions(line, included))
            {
                problem ??= $"{path}:{number}:1: {Quote.Short(line)} is not supported on devices, which install wheels only: remove it";
            }
        }

        return new(areNamed, included.ToImmutable(), problem);
    }

    // A package by its name, or something by its place, which pip tells apart in much the same way.
    private static bool IsWheel(string line)
    {
        var requirement = EndOfRequirement().Split(line, 2)[0].Trim();
        var at = requirement.IndexOf('@', StringComparison.Ordinal);
        var isNamed = at >= 0 && requirement[..at].IndexOfAny([':', '/']) < 0;
        var place = isNamed ? requirement[(at + 1)..].Trim() : requirement;
        var isPlace = at >= 0 || place.IndexOfAny([':', '/', '\\']) >= 0 || place.StartsWith('.') || Archives.Any(a => place.EndsWith(a, StringComparison.OrdinalIgnoreCase));
        return !isPlace || (place.Split('#', '?')[0].EndsWith(".whl", StringComparison.OrdinalIgnoreCase) && !IsVersionControl(place));
    }

    private static bool IsVersionControl(string place) => place.IndexOf("://", StringComparison.Ordinal) is > 0 and var scheme && place[..scheme].Contains('+');

    /// <returns>False when an option is not supported. Options may not be abbreviated.</returns>
    private static bool TryReadOptions(string line, ImmutableArray<string>.Builder included)
    {
        var words = new Queue<string>(Word().Matches(line).Select(m => m.Value));
        while (words.TryDequeue(out var word))
        {
            if (WithoutValue.Contains(word))
                continue;
            var name = word.StartsWith("--", StringComparison.Ordinal) ? word.Split('=', 2)[0] : word[..Math.Min(2, word.Length)];
            if (!WithValue.Contains(name))
                return false;
            var value = word.Length > name.Length ? word[name.Length..].TrimStart('=') : words.TryDequeue(out var next) ? next : "";
            value = value.Trim('"', '\'');

            // It would override pip's command line.
            if (value.Length == 0 || (name == "--only-binary" && value.Contains(":none:", StringComparison.Ordinal)))
                return false;
            if (Includes.Contains(name))
                included.Add(value);
        }

        return true;
    }

    // Without comments, and with continued lines joined; the number is the first one's.
    private static IEnumerable<(int Number, string Line)> LogicalLines(string text)
    {
        var (start, joined) = (0, "");
        var lines = text.TrimStart('\uFEFF').Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            var line = lines[i].TrimEnd('\r');
            if (joined.Length == 0)
                start = i + 1;
            if (line.EndsWith('\\') && !line.TrimStart().StartsWith('#'))
            {
                joined += line[..^1];
                if (i < lines.Length - 1)
                    continue;
                line = "";
            }

            var content = Comment().Replace(joined + line, "").Trim();
            joined = "";
            if (content.Length > 0)
                yield return (start, content);
        }
    }

    [GeneratedRegex(@"(^|\s)#.*$", RegexOptions.NonBacktracking | RegexOptions.Singleline)]
    private static partial Regex Comment();

    [GeneratedRegex(@"\s--|;", RegexOptions.NonBacktracking)]
    private static partial Regex EndOfRequirement();

    [GeneratedRegex("""([^\s"']|"[^"]*"|'[^']*')+""", RegexOptions.NonBacktracking)]
    private static partial Regex Word();
}
