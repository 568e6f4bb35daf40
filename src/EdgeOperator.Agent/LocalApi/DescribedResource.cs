using System.Text.Json.Nodes;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Protocol;

namespace EdgeOperator.Agent.LocalApi;

/// <summary>One resource in full.</summary>
internal static class DescribedResource
{
    /// <summary>Its state, with the manifest that it comes from.</summary>
    /// <exception cref="ControlException">The device has no such resource.</exception>
    public static ResourceStatus Describe(this IAgentControl control, ResourceId id)
    {
        var resource = control.Status.Resources.FirstOrDefault(r => r.Kind == id.Kind && r.Name == id.Name)
            ?? throw new ControlException(ControlException.NotFound, $"the device has no {id}: `edgeop get` lists what it has.");
        return control.Manifest(id) is not { } manifest ? resource : resource with
        {
            Source = manifest.Origin.ToString(),
            Spec = (JsonObject?)Redaction.Of(manifest.Spec()),
        };
    }
}
