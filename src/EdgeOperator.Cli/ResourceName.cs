using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Manifests.Schema;

namespace EdgeOperator.Cli;

/// <summary>Resources and kinds as people write them: kinds in any case.</summary>
internal static class ResourceName
{
    private static readonly string[] Known = [.. Kinds.DeviceSide];

    public static ResourceId Parse(string text) =>
        ResourceId.TryParse(text, out var id)
            ? id with { Kind = Kind(id.Kind) }
            : throw UserError.Invalid($"\"{text}\" is no resource: write it as Kind/name, such as {Kinds.EdgeModule}/web");

    public static string Kind(string text) =>
        Known.FirstOrDefault(k => k.Equals(text, StringComparison.OrdinalIgnoreCase))
        ?? throw UserError.Invalid($"\"{text}\" is no kind: {Near(text)}the kinds are {string.Join(", ", Known)}");

    private static string Near(string text) => Spelling.Closest(text, Known) is { } near ? $"did you mean {near}? " : "";
}
