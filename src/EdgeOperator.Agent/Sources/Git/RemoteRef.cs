using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Versions;

namespace EdgeOperator.Agent.Sources.Git;

/// <summary>What a ref stands for on the server right now.</summary>
/// <param name="Name">The full name, such as <c>refs/heads/main</c>; null for a commit that is asked for by its id.</param>
/// <param name="ObjectId">What the ref points to: a commit or an annotated tag.</param>
/// <param name="Commit">The commit in the end.</param>
/// <param name="Display">For people: <c>main@1a2b3c4</c>.</param>
internal sealed record RemoteRef(string? Name, string ObjectId, string Commit, string Display)
{
    private const string Tags = "refs/tags/";
    private const string Peeled = "^{}";

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

    /// <summary>Finds the wanted ref in what <c>git ls-remote</c> printed.</summary>
    /// <exception cref="FetchException">It is not there, or not a ref at all.</exception>
    public static RemoteRef Find(GitRef wanted, string printed)
    {
        var refs = Parse(printed);
        return wanted switch
        {
            GitRef.Branch branch => Take(refs, $"refs/heads/{branch.Name}", branch.Name)
                ?? throw NotFound($"there is no branch {branch.Name}"),
            GitRef.Tag tag => Take(refs, Tags + tag.Name, tag.Name)
                ?? throw NotFound($"there is no tag {tag.Name}"),
            GitRef.SemverRange range => Take(refs, Highest(refs.Keys, range.Range), null)!,
            GitRef.Commit commit => OfCommit(commit.Id),
            _ => throw new ArgumentException($"no such ref: {wanted}", nameof(wanted)),
        };
    }

    private static Dictionary<string, string> Parse(string printed)
    {
        var refs = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in printed.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.Split('\t') is [var id, var name] && IsObjectId(id))
                refs[name] = id;
        }

        return refs;
    }

    private static RemoteRef? Take(Dictionary<string, string> refs, string name, string? label)
    {
        if (!refs.TryGetValue(name, out var id))
            return null;

        var commit = refs.GetValueOrDefault(name + Peeled, id);
        return new(name, id, commit, $"{label ?? name[Tags.Length..]}@{GitText.Short(commit)}");
    }

    private static string Highest(IEnumerable<string> names, string text)
    {
        var range = SemverRange.Parse(text) ?? throw new FetchException(FetchReasons.Refused, $"{GitText.Clean(text)} is not a semver range");
        var best = from name in names
                   where name.StartsWith(Tags, StringComparison.Ordinal) && RefName.Problem(name) is null
                   let version = SemanticVersion.Parse(name[Tags.Length..])
                   where version is not null && range.Contains(version)
                   orderby version, name
                   select name;
        return best.LastOrDefault() ?? throw NotFound($"no tag is in the range {range}");
    }

    private static RemoteRef OfCommit(string text)
    {
        var id = text.ToLowerInvariant();
        return IsObjectId(id) ? new(null, id, id, GitText.Short(id))
            : throw new FetchException(FetchReasons.Refused, "a commit is named by its full id, 40 or 64 hex digits");
    }

    private static bool IsObjectId(string text) => text.Length is 40 or 64 && text.All(char.IsAsciiHexDigitLower);

    private static FetchException NotFound(string message) => new(FetchReasons.NotFound, message);
}
