using System.Collections.Immutable;
using System.Text.Json.Nodes;
using EdgeOperator.Core.Manifests.Schema;

namespace EdgeOperator.Core.Manifests.Definitions;

/// <summary>One kind of the language.</summary>
/// <param name="Description">What it is, in a sentence or two for people.</param>
internal sealed record KindDefinition(string Kind, string Description, ObjectType Spec)
{
    /// <summary>Whether manifests of this kind are rendered for a device, and so may hold variables and must be named.</summary>
    public bool IsDeviceSide { get; init; } = true;

    /// <summary>Fields of the document in addition to those of every one.</summary>
    public ImmutableArray<Field> Further { get; init; } = [];

    /// <summary>Whether manifests of this kind are for a hub: a device refuses them.</summary>
    public bool IsForHub { get; init; }

    private bool IsNamed => IsDeviceSide || IsForHub;

    /// <summary>The whole document around <see cref="Spec"/>.</summary>
    public ObjectType Document => field ??= new([
        new("apiVersion", new ChoiceType(new Choice(KindNames.ApiVersion, KindNames.ApiVersion)), "The version of the language.") { Required = true },
        new("kind", new ChoiceType(new Choice(Kind, Kind)), "The kind of the resource.") { Required = true },
        new("metadata", Metadata(), "The resource's identity.") { Required = IsNamed },
        new("spec", Spec, Description) { Required = true },
        .. Further,
    ]);

    /// <param name="kinds">The kinds that references may name.</param>
    public JsonObject ToJsonSchema(ImmutableArray<string> kinds)
    {
        var schema = new JsonObject { ["title"] = Kind, ["description"] = Description };
        foreach (var (key, value) in new SchemaWriter(variables: IsDeviceSide, kinds).Object(Document))
            schema[key] = value?.DeepClone();
        return schema;
    }

    private ObjectType Metadata() => new(
        new("name", Names.Resource, "The resource's name, unique in its kind.") { Required = IsNamed },
        new("labels", new MapType(Names.LabelKey, Names.LabelValue), "Labels for people and tools."),
        new("annotations", new MapType(Names.LabelKey, TextType.Any), "Notes; `edgeoperator.io/prune: disabled` keeps the resource on devices when its manifest goes away."));
}
