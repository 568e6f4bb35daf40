using System.Collections.Immutable;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Manifests.Definitions;
using EdgeOperator.Core.Manifests.Nodes;
using EdgeOperator.Core.Manifests.Reading;
using EdgeOperator.Core.Manifests.Schema;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.State;

namespace EdgeOperator.Core.Tests.Kinds.Lamp;

/// <summary>A kind that exists in tests only: no file of the product knows of it.</summary>
internal sealed class LampKind : Kind
{
    public override string Name => "Lamp";

    internal override KindDefinition Definition { get; } = new(
        "Lamp",
        "A lamp on a socket.",
        new([
            new("colour", StringType.Any, "How it shines.") { Required = true },
            new("socket", StringType.Any, "Where it is screwed in.") { Required = true },
            new("pattern", StringType.Any, "A file of the source that says how it blinks."),
            .. CommonFields.All,
        ]));

    internal override Resource? Bind(ManifestBinding manifest)
    {
        if (manifest.Spec["pattern"] is ScalarNode pattern && manifest.Files.Find(manifest.File, pattern, manifest.Problems) is null)
            return null;
        return new LampResource
        {
            Id = manifest.Id,
            Origin = manifest.Origin,
            Colour = (string)manifest.Canonical["colour"]!,
            Socket = (string)manifest.Canonical["socket"]!,
        };
    }

    internal override IEnumerable<DataReference> DataOf(MapNode spec) =>
        spec["pattern"] is ScalarNode pattern ? [new(pattern.Text, IsFolder: false)] : [];

    internal override IEnumerable<Claim> ClaimsOf(Resource resource, MapNode? spec) =>
        [new($"socket:{((LampResource)resource).Socket}", $"are in socket {((LampResource)resource).Socket}", "move one of them")];

    internal override KindPlanner CreatePlanner(PlanningContext context) => new LampPlanner(context);

    internal override ReadinessReport Assess(Resource resource, PlanningContext context) =>
        LampPlanner.ColourOf(resource.Id, context.Observed) == ((LampResource)resource).Colour
            ? new(resource.Id, ReadinessLevel.Ready, "Shining", "it shines")
            : new(resource.Id, ReadinessLevel.Progressing, "Dark", "it does not shine as it should");
}

internal sealed record LampResource : Resource
{
    public required string Colour { get; init; }

    public required string Socket { get; init; }

    public override string SpecHash => $"{Socket} {Colour}";
}

/// <summary>By the lamps' names: their colours.</summary>
internal sealed record ObservedLamps(ImmutableSortedDictionary<string, string> Colours);

internal sealed record SwitchLamp(ResourceId Resource, string Reason, string Colour) : Step(Resource, Reason)
{
    public override string Id => $"switch {Resource} to {Colour}";

    public override bool IsStart => true;
}

internal sealed record UnscrewLamp(ResourceId Resource, string Reason) : Step(Resource, Reason)
{
    public override string Id => $"unscrew {Resource}";

    public override StepEffect Effect => StepEffect.Remove;
}

internal sealed class LampPlanner(PlanningContext context) : KindPlanner
{
    public static string? ColourOf(ResourceId id, ObservedState observed) => observed.Part<ObservedLamps>()?.Colours.GetValueOrDefault(id.Name);

    public override ResourcePlan Plan(Resource resource, Func<ResourceId, ResourcePlan?> planned) =>
        ColourOf(resource.Id, context.Observed) is var colour && colour == ((LampResource)resource).Colour
            ? ResourcePlan.Nothing
            : new() { Switch = [new SwitchLamp(resource.Id, colour is null ? "it is off" : $"it is {colour}", ((LampResource)resource).Colour)] };

    public override PrunePlan Prune(PruneContext pruning) => new()
    {
        Removals = (context.Observed.Part<ObservedLamps>()?.Colours.Keys ?? [])
            .Select(name => new ResourceId("Lamp", name))
            .Where(pruning.IsOrphaned)
            .Select(id => new UnscrewLamp(id, $"{id} is no longer desired")),
    };
}
