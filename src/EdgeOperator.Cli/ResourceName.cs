using EdgeOperator.Core.Kinds;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Manifests.Schema;

namespace EdgeOperator.Cli;

/// <summary>Resources and kinds as people write them: kinds in any case, in the plural, and by their short names.</summary>
internal static class ResourceName
{
    public static IReadOnlyList<string> ManifestKinds { get; } = [.. RegisteredKinds.All.Manifests.DocumentKinds];

    public static ResourceId Parse(string text) =>
        ResourceId.TryParse(text, out var id)
            ? id with { Kind = Kind(id.Kind) }
            : throw UserError.Invalid($"\"{text}\" is no resource: write it as Kind/name, such as {KindNames.EdgeModule}/web");

    /// <summary>One resource, written <c>Kind/name</c> or <c>Kind name</c>.</summary>
    public static ResourceId Parse(string text, string? name) =>
        name is null ? Parse(text)
        : text.Contains('/', StringComparison.Ordinal) ? throw UserError.Invalid($"\"{text} {name}\" is more than one resource: write {text}, or a kind and a name")
        : new(Kind(text), name);

    /// <summary>A kind that a device can have.</summary>
    public static string Kind(string text) => Among(RegisteredKinds.All.Manifests.Names, text);

    /// <summary>A kind that can be written into a file.</summary>
    public static string ManifestKind(string text) => Among(ManifestKinds, text);

    /// <summary>Whether a word on the command line means the kind.</summary>
    public static bool Means(string text, string kind) =>
        (RegisteredKinds.All.Manifests.FirstOrDefault(known => known.Name == kind)?.ShortNames ?? []).Prepend(kind).Any(name =>
            text.Equals(name, StringComparison.OrdinalIgnoreCase) || text.Equals(name + "s", StringComparison.OrdinalIgnoreCase));

    private static string Among(IReadOnlyList<string> known, string text) =>
        known.FirstOrDefault(kind => Means(text, kind))
        ?? throw UserError.Invalid(
            $"\"{text}\" is no kind: {(Spelling.Closest(text, known) is { } near ? $"did you mean {near}? " : "")}the kinds are {string.Join(", ", known)}");
}
