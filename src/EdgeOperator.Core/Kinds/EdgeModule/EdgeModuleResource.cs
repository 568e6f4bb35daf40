using EdgeOperator.Core.Manifests;

namespace EdgeOperator.Core.Kinds.EdgeModule;

/// <summary>A container on an engine.</summary>
public sealed record EdgeModuleResource : Resource
{
    public required EdgeModuleSpec Container { get; init; }

    public override string SpecHash => Container.Hash;
}
