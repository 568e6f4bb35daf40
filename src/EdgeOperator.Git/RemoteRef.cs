using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Versions;

namespace EdgeOperator.Git;

/// <summary>What a ref stands for on the server right now.</summary>
/// <param name="Name">The full name, such as <c>refs/heads/main</c>; null for a commit that is asked for by its id.</param>
/// <param name="ObjectId">What the ref points to: a commit or an annotated tag.</param>
/// <param name="Commit">The commit in the end.</param>
/// <param name="Display">For people: <c>main@1a2b3c4</c>.</param>
internal sealed record RemoteRef(string? Name, string ObjectId, string Commit, string Display)
{
    /// <summary>Other tags of the very same version, at other commits: which of them is meant, only the commits can tell.</summary>
    public IReadOnlyList<RemoteRef> Ties { get; init; } = [];

    private const string Tags = "refs/tags/";

    /// <summary>Behind the name of an annotated tag for what it leads to in the end, as <c>git ls-remote</c> prints it.</summary>
    public const string Peeled = "^{}";

    /// <summary>The name of the tag; null when the ref is none.</summary>
    public string? Tag => Name is not null && Name.StartsWith(Tags, StringComparison.Ordinal) ? Name[Tags.Length..] : null;

    /// <summary>What <c>git ls-remote</c> must be asked for; empty when it need not be asked.</summary>
    /// <exception cref="FetchException">The ref is not one.</exception>
    public static string[] Patterns(GitRef wanted) => wanted switch
    {
        GitRef.Branch branch => [$"refs/heads/{RefName.Check(branch.Name)}"],
        GitRef.Tag tag => [Tags + RefName.Check(tag.Name), Tags + tag.Name + Peeled],
        GitRef.SemverRange => [Tags + "*"],
        _ => [],
    };

    /// <summary>The prefixes of the names that matter, of which <c>ls-refs</c> lists all refs; empty when the server need not be asked.</summary>
    /// <exception cref="FetchException">The ref is not one.</exception>
    public static string[] Prefixes(GitRef wanted) => wanted switch
    {
        GitRef.Branch branch => [$"refs/heads/{RefName.Check(branch.Name)}"],
        GitRef.Tag tag => [Tags + RefName.Check(tag.Name)],
        GitRef.SemverRange => [Tags],
        _ => [],
    };

    /// <summary>Finds the wanted ref among those of the server.</summary>
    /// <param name="refs">The id of each by its full name; what an annotated tag leads to has its name and <c>^{}</c>.</param>
    /// <exception cref="FetchException">It is not there, or not a ref at all.</exception>
    public static RemoteRef Find(GitRef wanted, IReadOnlyDictionary<string, string> refs) => wanted switch
    {
        GitRef.Branch branch => Take(refs, $"refs/heads/{branch.Name}", branch.Name)
            ?? throw NotFound($"there is no branch {branch.Name}"),
        GitRef.Tag tag => Take(refs, Tags + tag.Name, tag.Name)
            ?? throw NotFound($"there is no tag {tag.Name}"),
        GitRef.SemverRange range => Highest(refs, range.Range),
        GitRef.Commit commit => OfCommit(commit.Id),
        _ => throw new ArgumentException($"no such ref: {wanted}", nameof(wanted)),
    };

    /// <summary>Reads what <c>git ls-remote</c> printed.</summary>
    public static Dictionary<string, string> Parse(string printed)
    {
        var refs = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in printed.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.Split('\t') is [var id, var name] && IsObjectId(id))
                refs[name] = id;
        }

        return refs;
    }

    private static RemoteRef? Take(IReadOnlyDictionary<string, string> refs, string name, string? label)
    {
        if (!refs.TryGetValue(name, out var id))
            return null;

        var commit = refs.GetValueOrDefault(name + Peeled, id);
        return new(name, id, commit, $"{label ?? name[Tags.Length..]}@{GitText.Short(commit)}");
    }

    /// <summary>The highest version in a range; of equal ones the last by name, with the others.</summary>
    private static RemoteRef Highest(IReadOnlyDictionary<string, string> refs, string text)
    {
        var range = SemverRange.Parse(text) ?? throw new FetchException(FetchReasons.Refused, $"{GitText.Clean(text)} is not a semver range");
        var tags = from name in refs.Keys
                   where name.StartsWith(Tags, StringComparison.Ordinal) && RefName.Problem(name) is null
                   let version = SemanticVersion.Parse(name[Tags.Length..])
                   where version is not null && range.Contains(version)
                   orderby version descending, Build(name) descending, name descending
                   select (Version: version, Ref: Take(refs, name, null)!);
        var all = tags.ToArray();
        if (all.Length == 0)
            throw NotFound($"no tag is in the range {range}");

        var best = all[0].Ref;
        return best with { Ties = [.. all.Skip(1).TakeWhile(tag => tag.Version.CompareTo(all[0].Version) == 0).Select(tag => tag.Ref).Where(tie => tie.Commit != best.Commit)] };
    }

    // Build metadata has no order of its own; where commits are equally old, people mean 10 to come after 9.
    private static SemanticVersion? Build(string tag) =>
        tag.IndexOf('+') is var plus and >= 0 ? SemanticVersion.Parse($"0.0.0-{tag[(plus + 1)..]}") : null;

    private static RemoteRef OfCommit(string text)
    {
        var id = text.ToLowerInvariant();
        return IsObjectId(id) ? new(null, id, id, GitText.Short(id))
            : throw new FetchException(FetchReasons.Refused, "a commit is named by its full id, 40 or 64 hex digits");
    }

    /// <summary>Whether a text is a full id, of SHA-1 or SHA-256, as Git writes them.</summary>
    public static bool IsObjectId(string text) => text.Length is 40 or 64 && text.All(char.IsAsciiHexDigitLower);

    private static FetchException NotFound(string message) => new(FetchReasons.NotFound, message);
}
