using EdgeOperator.Core.Manifests.Nodes;
using EdgeOperator.Core.Manifests.Reading;

namespace EdgeOperator.Core.Kinds.EdgeModule.IotEdge;

/// <summary>
/// The deployment manifest that IoT Edge's tools make of a template: of <c>deployment.template.json</c> they make
/// <c>config/deployment.PLATFORM.json</c>, and people put <c>deployment.json</c> beside it.
/// </summary>
internal static class BuiltDeployment
{
    private const string Template = ".template.json";

    /// <returns>Its path in the source; null when there is none.</returns>
    public static string? Of(string file, SourceFiles files)
    {
        var slash = file.LastIndexOf('/');
        var (folder, name) = (file[..(slash + 1)], file[(slash + 1)..]);
        var stem = name.EndsWith(Template, StringComparison.OrdinalIgnoreCase) ? name[..^Template.Length] : null;
        string[] beside = stem is null ? [$"{folder}deployment.json"] : [$"{folder}{stem}.json", $"{folder}config/{stem}.json", $"{folder}deployment.json"];
        return beside.Where(path => path != file).FirstOrDefault(path => files.Find(path) is { Refused: null })
            ?? (stem is null ? null : files.Below($"{folder}config".TrimStart('/')).Where(f => IsOf(stem, f.Path)).Select(f => $"{folder}config/{f.Path}").FirstOrDefault());
    }

    /// <summary>Whether a document has images that only a build can name.</summary>
    public static bool IsNeeded(Node node) => node switch
    {
        MapNode map => map.Entries.Any(entry => IsNeeded(entry.Value)),
        ListNode list => list.Items.Any(IsNeeded),
        ScalarNode scalar => scalar.Text.Contains("${MODULES.", StringComparison.Ordinal) || scalar.Text.Contains("${MODULEDIR<", StringComparison.Ordinal),
        _ => false,
    };

    private static bool IsOf(string stem, string path) =>
        !path.Contains('/') && path.StartsWith(stem + ".", StringComparison.OrdinalIgnoreCase) && path.EndsWith(".json", StringComparison.OrdinalIgnoreCase);
}
