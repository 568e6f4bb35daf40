using System.Text.Json.Nodes;
using EdgeOperator.Core.Manifests.Definitions;
using EdgeOperator.Core.Manifests.Nodes;
using EdgeOperator.Core.Manifests.Reading;

namespace EdgeOperator.Core.Manifests;

/// <summary>A kind of resource as the readers of manifests see it: its name, its fields, and how a checked manifest becomes a resource.</summary>
public abstract class ManifestKind
{
    /// <summary>As users write it, such as <c>EdgeModule</c>.</summary>
    public abstract string Name { get; }

    /// <summary>Other names that people may write on the command line: such as <c>module</c>. Plurals follow by themselves.</summary>
    public virtual IReadOnlyList<string> ShortNames => [];

    /// <summary>The fields, from which the checks, the JSON Schema and the reference page follow.</summary>
    internal abstract KindDefinition Definition { get; }

    /// <summary>Makes the resource of a manifest whose fields are in order.</summary>
    /// <returns>Null after a problem was added.</returns>
    internal abstract Resource? Bind(ManifestBinding manifest);

    /// <summary>Adds problems that can be found although the fields are not in order.</summary>
    internal virtual void CheckInvalid(MapNode spec, ProblemCollector problems)
    {
    }

    /// <summary>Files and folders of the source that a manifest refers to, which so are no manifests themselves.</summary>
    internal virtual IEnumerable<DataReference> DataOf(MapNode spec) => [];

    /// <summary>Other resources that must exist for this one, in addition to those in <c>dependsOn</c>.</summary>
    internal virtual IEnumerable<ResourceReference> ReferencesOf(Resource resource, MapNode spec) => [];

    /// <summary>What of the device the resource claims for itself alone.</summary>
    /// <param name="spec">As written, so that what depends on an unknown variable can be left out; null for what was imported.</param>
    internal virtual IEnumerable<Claim> ClaimsOf(Resource resource, MapNode? spec) => [];

    /// <summary>The spec of a resource that was imported, in this kind's own language.</summary>
    internal virtual JsonObject SpecOf(Resource resource) => [];

    /// <summary>Reads a document in another system's language that this kind can take over; null for any other document.</summary>
    internal virtual ImportedDocument? Import(MapNode document, ImportContext import, ProblemCollector problems) => null;
}
