using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using EdgeOperator.Core.Kinds;
using EdgeOperator.Core.Kinds.EdgeModule;
using EdgeOperator.Core.Kinds.FunctionApp;
using EdgeOperator.Core.Kinds.VirtualMachine;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.State;

namespace EdgeOperator.Core.Tests.Planning;

/// <summary>
/// A folder a case: <c>desired.yaml</c>, <c>observed.json</c>, <c>inventory.json</c> (or none) and <c>plan.txt</c>,
/// as a user sees the plan. Run with UPDATE_GOLDEN=1 to write the plans anew, and read the difference.
/// </summary>
public sealed class PlanningCases
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(), new ResourceIdConverter() },
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    public static TheoryData<string> All => new(Directory.GetDirectories(Root()).Select(folder => Path.GetFileName(folder)!).Order());

    [Theory]
    [MemberData(nameof(All))]
    public void The_plan_is_the_one_that_the_case_expects(string name)
    {
        var folder = Path.Combine(Root(), name);
        var desired = ReadDesired(Path.Combine(folder, "desired.yaml"));
        var observed = ReadObserved(Path.Combine(folder, "observed.json"), desired);
        var inventoryFile = Path.Combine(folder, "inventory.json");
        var inventory = File.Exists(inventoryFile) ? JsonSerializer.Deserialize<Inventory>(File.ReadAllText(inventoryFile), Json)! : Inventory.Empty;

        var plan = HideHashes(PlanText.Render(Planner.Plan(RegisteredKinds.All, desired, observed, inventory, Given.Now)), desired);

        var expected = Path.Combine(folder, "plan.txt");
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
            File.WriteAllText(expected, plan);
        plan.Should().Be(File.ReadAllText(expected));
    }

    private static DesiredState ReadDesired(string file)
    {
        var device = new DeviceIdentity("device", ImmutableSortedDictionary<string, string>.Empty, ImmutableSortedDictionary<string, string>.Empty);
        var result = ManifestReader.Read(RegisteredKinds.All.Manifests, "r1", [new("case", [new("desired.yaml", File.ReadAllBytes(file)), new(".app/host.json", "{}"u8.ToArray())])], new(device));
        result.Problems.Should().BeEmpty();
        return result.State!;
    }

    /// <summary>The word <c>desired</c> stands for the hash of what is desired, and for an app's package <c>package</c> does.</summary>
    private static ObservedState ReadObserved(string file, DesiredState desired)
    {
        var json = JsonNode.Parse(File.ReadAllText(file))!;
        foreach (var (name, machine) in json["machines"] as JsonObject ?? [])
            Liken(machine!.AsObject(), desired.Resources.GetValueOrDefault(Given.MachineId(name)) as VirtualMachineResource);
        var observed = json.Deserialize<ObservedState>(Json)!;
        return observed with
        {
            Engine = Read(observed.Engine, desired),
            GuestEngines = observed.GuestEngines.ToImmutableSortedDictionary(engine => engine.Key, engine => Read(engine.Value, desired), StringComparer.Ordinal),
            Files = observed.Files.Values.Select(found => found.ContentHash == "desired"
                    ? found with { ContentHash = desired.Files.Single(wanted => wanted.File.Path == found.Path).File.ContentHash }
                    : found)
                .ToImmutableSortedDictionary(found => found.Path, found => found, StringComparer.Ordinal),
            Apps = observed.Apps.Values.Select(app => Read(app, desired.Resources.GetValueOrDefault(Given.AppId(app.Name)) as FunctionAppResource))
                .ToImmutableSortedDictionary(app => app.Name, app => app, StringComparer.Ordinal),
        };
    }

    /// <summary>
    /// A machine that was made <c>"as": "desired"</c> has the desired shape, but for what <c>applied</c> says of it; <c>provisioned</c>
    /// may be <c>desired</c> too.
    /// </summary>
    private static void Liken(JsonObject machine, VirtualMachineResource? desired)
    {
        if (machine.Remove("as"))
        {
            var shape = JsonSerializer.SerializeToNode(desired!.Machine.Shape, Json)!.AsObject();
            foreach (var (field, value) in machine["applied"] as JsonObject ?? [])
                shape[field] = value?.DeepClone();
            machine["applied"] = shape;
        }

        if (machine["guest"] is JsonObject guest && (string?)guest["provisioned"] == "desired")
            guest["provisioned"] = desired!.Machine.Provisioning.Hash;
    }

    private static ObservedEngine Read(ObservedEngine engine, DesiredState desired) => engine with
    {
        Containers = [.. engine.Containers.Select(container => container.SpecHash == "desired"
            ? container with { SpecHash = desired.Resources[container.Resource!.Value].SpecHash }
            : container)],
    };

    private static ObservedFunctionApp Read(ObservedFunctionApp app, FunctionAppResource? desired)
    {
        string? Hash(string? word) => word == "desired" ? desired!.SpecHash : word;
        return app with
        {
            Packages = [.. app.Packages.Select(package => package == "package" ? desired!.App.Package.Hash : package)],
            Requested = Hash(app.Requested),
            Report = app.Report is { } report ? report with { Wanted = Hash(report.Wanted), Serving = Hash(report.Serving) } : null,
        };
    }

    /// <summary>Plans must not change with every change to how a manifest becomes a create request.</summary>
    private static string HideHashes(string text, DesiredState desired) =>
        desired.Modules.SelectMany(module => new[] { module.SpecHash, module.SpecHash[..8] })
            .Concat(desired.Apps.SelectMany(app => new[] { app.SpecHash, app.App.Package.Hash }))
            .Concat(desired.Machines.SelectMany(machine => new[] { machine.SpecHash, machine.Machine.Provisioning.Hash }))
            .Aggregate(text, (result, hash) => result.Replace(hash, "HASH", StringComparison.Ordinal));

    private static string Root([CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "..", "Cases", "planning");

    private sealed class ResourceIdConverter : JsonConverter<ResourceId>
    {
        public override ResourceId Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) => Given.Id(reader.GetString()!);

        public override ResourceId ReadAsPropertyName(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) => Given.Id(reader.GetString()!);

        public override void Write(Utf8JsonWriter writer, ResourceId value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
    }
}
