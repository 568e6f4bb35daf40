using EdgeOperator.Core.Kinds;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Manifests.Schema;

namespace EdgeOperator.Cli;

/// <summary>Resources and kinds as people write them: kinds in any case.</summary>
internal static class ResourceName
{
    public static IReadOnlyList<string> ManifestKinds { get; } = [.. RegisteredKinds.All.Manifests.Names, KindNames.AgentConfiguration];

    public static ResourceId Parse(string text) =>
        ResourceId.TryParse(text, out var id)
            ? id with { Kind = Kind(id.Kind) }
            : throw UserError.Invalid($"\"{text}\" is no resource: write it as Kind/name, such as {KindNames.EdgeModule}/web");

    /// <summary>A kind that a device can have.</summary>
    public static string Kind(string text) => Among(RegisteredKinds.All.Manifests.Names, text);

    /// <summary>A kind that can be written into a file.</summary>
    public static string ManifestKind(string text) => Among(ManifestKinds, text);

    private static string Among(IReadOnlyList<string> known, string text) =>
        known.FirstOrDefault(k => k.Equals(text, StringComparison.OrdinalIgnoreCase))
        ?? throw UserError.Invalid(
            $"\"{text}\" is no kind: {(Spelling.Closest(text, known) is { } near ? $"did you mean {near}? " : "")}the kinds are {string.Join(", ", known)}");
}
