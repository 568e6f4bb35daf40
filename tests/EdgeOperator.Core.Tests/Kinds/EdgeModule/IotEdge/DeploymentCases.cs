using System.Collections.Immutable;
using System.Text;
using System.Text.Json.Nodes;
using EdgeOperator.Core.Kinds.EdgeModule.IotEdge;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Manifests.Nodes;

namespace EdgeOperator.Core.Tests.Kinds.EdgeModule.IotEdge;

/// <summary>A folder a case: <c>deployment.json</c>, the device that reads it, and what comes of it.</summary>
public sealed class DeploymentCases
{
    private static readonly string Root = Path.Combine(AppContext.BaseDirectory, "Kinds", "EdgeModule", "IotEdge", "Cases");

    public static TheoryData<string> All => new(Directory.GetDirectories(Root).Select(folder => Path.GetFileName(folder)!).Order());

    [Theory]
    [MemberData(nameof(All))]
    public void A_deployment_manifest_becomes_what_the_case_expects(string name)
    {
        var folder = Path.Combine(Root, name);
        var problems = new ProblemCollector();
        var document = JsonReader.Read(new("deployment.json", File.ReadAllBytes(Path.Combine(folder, "deployment.json"))), problems)!;
        IotEdgeDeployment.Matches(document).Should().BeTrue();

        var deployment = IotEdgeDeployment.Read(document, new(Device(folder)), problems);

        var actual = Path.Combine(folder, "actual.txt");
        File.WriteAllText(actual, Print(deployment, problems));
        File.ReadAllText(actual).Should().Be(File.ReadAllText(Path.Combine(folder, "expected.txt")), $"the whole is in {actual}");
    }

    private static DeviceIdentity Device(string folder)
    {
        var file = Path.Combine(folder, "device.json");
        var device = File.Exists(file) ? JsonNode.Parse(File.ReadAllText(file))! : new JsonObject { ["name"] = "device" };
        return new((string)device["name"]!, Texts(device["labels"]), Texts(device["vars"]));
    }

    private static ImmutableSortedDictionary<string, string> Texts(JsonNode? node) =>
        (node as JsonObject ?? []).ToImmutableSortedDictionary(entry => entry.Key, entry => (string)entry.Value!);

    private static string Print(IotEdgeDeployment deployment, ProblemCollector problems)
    {
        var text = new StringBuilder();
        foreach (var module in deployment.Modules)
        {
            var c = module.Container;
            text.AppendLine($"{module.Id} at {module.Origin}");
            text.AppendLine($"  image {c.Image}, {c.PullPolicy}, {c.Restart}, {c.Power}, order {c.StartupOrder}");
            text.AppendLine($"  networks [{string.Join(", ", c.Networks)}] volumes [{string.Join(", ", c.Volumes)}]");
            text.AppendLine($"  {c.CreateBody}");
        }
        foreach (var credential in deployment.RegistryCredentials)
            text.AppendLine($"{credential}");
        foreach (var (module, properties) in deployment.DesiredProperties)
            text.AppendLine($"properties of {module}: {properties.ToJsonString()}");
        foreach (var problem in problems.Problems)
            text.AppendLine($"error: {problem}");
        foreach (var warning in problems.Warnings)
            text.AppendLine($"warning: {warning}");
        return text.ToString().ReplaceLineEndings("\n");
    }
}
