using System.Collections.Immutable;
using System.Text;
using System.Text.Json.Nodes;
using EdgeOperator.Core.Kinds;
using EdgeOperator.Core.Kinds.ConfigFile;
using EdgeOperator.Core.Kinds.EdgeModule;
using EdgeOperator.Core.Manifests;

namespace EdgeOperator.Core.Tests.Manifests;

/// <summary>
/// A folder a case: manifests, <c>device.json</c> (without one they are read for any device), and in
/// <c>expected.txt</c> what comes of them.
/// </summary>
public sealed class ManifestCases
{
    private static readonly string Root = Path.Combine(AppContext.BaseDirectory, "Cases", "manifests");

    public static TheoryData<string> All => new(Directory.GetDirectories(Root).Select(folder => Path.GetFileName(folder)!).Order());

    [Theory]
    [MemberData(nameof(All))]
    public void Manifests_become_what_the_case_expects(string name)
    {
        var folder = Path.Combine(Root, name);
        var files = Directory.GetFiles(folder, "*", SearchOption.AllDirectories)
            .Select(f => new ManifestFile(Path.GetRelativePath(folder, f).Replace('\\', '/'), File.ReadAllBytes(f)))
            .Where(f => f.Path is not ("device.json" or "expected.txt" or "actual.txt"))
            .ToArray();

        var result = ManifestReader.Read(RegisteredKinds.All.Manifests, "r1", [new("main", files)], new(Device(folder)));

        (result.State is null).Should().Be(!result.Problems.IsEmpty);
        var actual = Path.Combine(folder, "actual.txt");
        File.WriteAllText(actual, Print(result));
        File.ReadAllText(actual).Should().Be(File.ReadAllText(Path.Combine(folder, "expected.txt")), $"the whole is in {actual}");
    }

    private static DeviceIdentity? Device(string folder)
    {
        var file = Path.Combine(folder, "device.json");
        return !File.Exists(file) ? null : JsonNode.Parse(File.ReadAllText(file)) is not { } device ? null
            : new((string)device["name"]!, Texts(device["labels"]), Texts(device["vars"]));
    }

    private static ImmutableSortedDictionary<string, string> Texts(JsonNode? node) =>
        (node as JsonObject ?? []).ToImmutableSortedDictionary(entry => entry.Key, entry => (string)entry.Value!);

    private static string Print(ReadResult result)
    {
        var text = new StringBuilder();
        foreach (var problem in result.Problems)
            text.Append($"error: {problem}\n");
        foreach (var warning in result.Warnings)
            text.Append($"warning: {warning}\n");
        foreach (var resource in result.State?.Resources.Values ?? [])
            Print(resource, text);
        return text.ToString();
    }

    private static void Print(Resource resource, StringBuilder text)
    {
        text.Append($"{resource.Id} at {resource.Origin}\n");
        if (!resource.DependsOn.IsEmpty)
            text.Append($"  after {string.Join(", ", resource.DependsOn)}\n");
        switch (resource)
        {
            case EdgeModuleResource { Container: var c }:
                text.Append($"  {c.PullPolicy}, {c.Restart}, {c.Power}, order {c.StartupOrder}, {c.UpdateStrategy}, {c.Probe}\n  {c.CreateBody}\n");
                break;
            case ConfigFileResource { File: var f }:
                text.Append($"  {f.Path} {Convert.ToString(f.Mode, 8)} {f.Owner} {f.OnChange}\n  {JsonValue.Create(f.Text()).ToJsonString()}\n");
                break;
        }
    }
}
