using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace EdgeOperator.Core.Kinds.EdgeModule.Compiling;

/// <summary>
/// The name of a container image, with the defaults of Docker made explicit, so that <c>busybox</c> and
/// <c>docker.io/library/busybox:latest</c> are equal.
/// </summary>
/// <param name="Registry">The registry's host and port; <c>docker.io</c> when the text names none.</param>
/// <param name="Repository">The path in the registry: <c>library/busybox</c>.</param>
/// <param name="Tag">Null only when there is a digest and no tag.</param>
/// <param name="Digest">Such as <c>sha256:…</c>; it alone says which image is meant when a tag is there too.</param>
public sealed partial record ImageReference(string Registry, string Repository, string? Tag, string? Digest)
{
    private const string DockerHub = "docker.io";
    private const string OfficialImages = "library/";
    private const int MaximumNameLength = 255;

    /// <summary>Whether the image can change under the same reference.</summary>
    public bool IsMutable => Digest is null;

    /// <summary>The reference in full, for comparison: <c>docker.io/library/busybox:latest</c>, or with the digest and no tag.</summary>
    public string Canonical => $"{Registry}/{Repository}{Suffix}";

    /// <summary>The reference as the Docker engine lists it: <c>busybox:latest</c>, or with the digest and no tag.</summary>
    public string Familiar => $"{FamiliarName}{Suffix}";

    /// <summary>The name as the Docker engine lists it, without tag and digest: <c>busybox</c>.</summary>
    public string FamiliarName
    {
        get
        {
            var shortened = Repository.StartsWith(OfficialImages, StringComparison.Ordinal) ? Repository[OfficialImages.Length..] : Repository;
            return new[] { shortened, Repository }.FirstOrDefault(name => SplitRegistry(name) == (Registry, Repository))
                ?? $"{Registry}/{Repository}";
        }
    }

    private string Suffix => Digest is null ? $":{Tag}" : $"@{Digest}";

    /// <summary>
    /// The canonical form of a reference, or the text itself when it is none (an image id). Two references to the same
    /// image, whether typed by a user or listed by Docker or Podman, become equal.
    /// </summary>
    public static string Normalize(string text) => TryParse(text, out var reference, out _) ? reference.Canonical : text;

    /// <summary>Reads a reference; <paramref name="error"/> says what is wrong, as the end of a sentence.</summary>
    public static bool TryParse(
        string? text, [NotNullWhen(true)] out ImageReference? reference, [NotNullWhen(false)] out string? error)
    {
        reference = null;
        error = null;
        if (string.IsNullOrEmpty(text))
            error = "is empty";
        else if (text.Any(char.IsWhiteSpace))
            error = "has white space in it";
        else
            reference = Split(text, out error);
        return error is null;
    }

    public override string ToString() => Canonical;

    private static ImageReference? Split(string text, out string? error)
    {
        var (rest, digest) = text.IndexOf('@') is var at and >= 0 ? (text[..at], text[(at + 1)..]) : (text, null);
        var colon = rest.LastIndexOf(':');
        var (name, tag) = colon > rest.LastIndexOf('/') ? (rest[..colon], rest[(colon + 1)..]) : (rest, null);
        var (registry, repository) = SplitRegistry(name);

        error = (registry, repository) switch
        {
            _ when digest is not null && !DigestPattern().IsMatch(digest) => $"has the digest '{digest}', which is not sha256: and 64 hex digits",
            _ when tag is not null && !TagPattern().IsMatch(tag) => $"has the tag '{tag}', which is not 1 to 128 letters, digits, '_', '.' and '-'",
            _ when !RegistryPattern().IsMatch(registry) => $"names the registry '{registry}', which is not a host name",
            _ when repository.Any(char.IsAsciiLetterUpper) => "has capital letters in its repository's name",
            _ when !RepositoryPattern().IsMatch(repository) => "has a repository's name that is not words of a-z and 0-9 divided by '/', '.', '_' or '-'",
            _ when registry.Length + repository.Length >= MaximumNameLength => $"is longer than {MaximumNameLength} characters",
            _ when BareIdPattern().IsMatch(name) => "is an image id, not a name",
            _ => null,
        };
        return new(registry, repository, digest is null ? tag ?? "latest" : tag, digest);
    }

    private static (string Registry, string Repository) SplitRegistry(string name)
    {
        var slash = name.IndexOf('/');
        var first = slash < 0 ? "" : name[..slash];
        var hasRegistry = first.AsSpan().ContainsAny('.', ':') || first == "localhost" || first.Any(char.IsAsciiLetterUpper);
        var (registry, repository) = hasRegistry ? (first, name[(slash + 1)..]) : (DockerHub, name);
        if (registry == "index.docker.io")
            registry = DockerHub;
        return registry == DockerHub && !repository.Contains('/') ? (registry, OfficialImages + repository) : (registry, repository);
    }

    [GeneratedRegex(@"\A(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*|\[[0-9a-fA-F:]+\])(?::[0-9]{1,5})?\z")]
    private static partial Regex RegistryPattern();

    [GeneratedRegex(@"\A[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*)*\z")]
    private static partial Regex RepositoryPattern();

    [GeneratedRegex(@"\A[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}\z")]
    private static partial Regex TagPattern();

    [GeneratedRegex(@"\A(?:sha256:[0-9a-f]{64}|sha384:[0-9a-f]{96}|sha512:[0-9a-f]{128})\z")]
    private static partial Regex DigestPattern();

    [GeneratedRegex(@"\A[0-9a-f]{64}\z")]
    private static partial Regex BareIdPattern();
}
