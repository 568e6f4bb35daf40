using EdgeOperator.Core.Manifests;

namespace EdgeOperator.Core.Kinds.EdgeModule;

/// <summary>A container on an engine.</summary>
public sealed record EdgeModuleResource : Resource
{
    public required EdgeModuleSpec Container { get; init; }

    internal override ulong StartupOrder => Container.StartupOrder;

    internal override TimeSpan? StableFor => Container.StableFor;

    public override string SpecHash => Container.Hash;
}
