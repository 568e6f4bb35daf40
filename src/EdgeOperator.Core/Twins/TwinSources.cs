using System.Collections.Immutable;
using System.Text.Json.Nodes;
using EdgeOperator.Core.Artifacts;

namespace EdgeOperator.Core.Twins;

/// <summary>
/// What a twin says of its device's sources, in <c>properties.desired.edgeoperator.sources.NAME</c>: <c>{commit}</c> keeps the Git source of that name
/// at a commit, <c>{revision, digest, url}</c> delivers an artifact under that name.
/// </summary>
/// <param name="Commits">By the sources' names.</param>
/// <param name="Artifacts">In the order of their names.</param>
public sealed record TwinSources(ImmutableSortedDictionary<string, string> Commits, ImmutableArray<TwinArtifact> Artifacts)
{
    private const string Where = "properties.desired.edgeoperator.sources";
    private const int LongestName = 63;
    private const int LongestRevision = 200;

    public static ImmutableSortedDictionary<string, string> NoCommits { get; } = ImmutableSortedDictionary<string, string>.Empty.WithComparers(StringComparer.Ordinal);

    public static TwinSources None { get; } = new(NoCommits, []);

    /// <returns>Nothing, and what is wrong, when anything is.</returns>
    public static (TwinSources Sources, string? Problem) Of(JsonObject desired)
    {
        switch ((desired["edgeoperator"] as JsonObject)?["sources"])
        {
            case null:
                return (None, null);
            case JsonObject sources:
                var (commits, artifacts) = (NoCommits, new List<TwinArtifact>());
                foreach (var (name, source) in sources)
                {
                    var (commit, artifact, problem) = Read(name, source as JsonObject);
                    if (problem is not null)
                        return (None, $"{Where}.{name} {problem}");
                    if (commit is not null)
                        commits = commits.SetItem(name, commit);
                    if (artifact is not null)
                        artifacts.Add(artifact);
                }

                return (sources.Count == 0 ? None : new(commits, [.. artifacts.OrderBy(a => a.Name, StringComparer.Ordinal)]), null);
            default:
                return (None, $"{Where} is not an object");
        }
    }

    private static (string? Commit, TwinArtifact? Artifact, string? Problem) Read(string name, JsonObject? source)
    {
        if (source?["digest"] is null)
            return Text(source?["commit"]) is { } commit && IsCommit(commit)
                ? (commit, null, null)
                : (null, null, "names no commit: write {\"commit\": \"…\"} with all 40 or 64 hexadecimal digits, or {\"revision\": \"…\", \"digest\": \"sha256:…\"}");
        if (source["commit"] is not null)
            return (null, null, "names both a commit and a digest: write one of them");
        if (name.Length > LongestName || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
            return (null, null, $"has a name that no artifact can have: write letters, digits, - and _, at most {LongestName}");
        if (!ArtifactDigest.TryGetHash(Text(source["digest"]), out var hash))
            return (null, null, "has no digest: write sha256: and 64 hexadecimal digits in lower case");
        if (Text(source["revision"]) is not { Length: > 0 and <= LongestRevision } revision)
            return (null, null, $"has no revision: write what it is made of, such as a commit, in at most {LongestRevision} characters");
        if (source["url"] is { } url && !IsUrl(Text(url)))
            return (null, null, "has a url that can't be used: write a path of the hub, or an address with https://");
        return (null, new(name, revision, hash, Text(source["url"])), null);
    }

    private static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    private static bool IsCommit(string text) => text.Length is 40 or 64 && text.All(char.IsAsciiHexDigitLower);

    private static bool IsUrl(string? text) => text is not null && (text.StartsWith('/') && !text.StartsWith("//", StringComparison.Ordinal)
        || (Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme == Uri.UriSchemeHttps));
}

/// <summary>An artifact that a twin names.</summary>
/// <param name="Revision">What it is made of, for people and for the hub: a commit.</param>
/// <param name="Hash">SHA-256 of the package, in lower-case hex.</param>
/// <param name="Url">Where it is: an absolute address, or a path at the hub; null for the hub's own place for it.</param>
public sealed record TwinArtifact(string Name, string Revision, string Hash, string? Url);
