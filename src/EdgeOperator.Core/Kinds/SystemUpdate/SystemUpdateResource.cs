using EdgeOperator.Core.Manifests;

namespace EdgeOperator.Core.Kinds.SystemUpdate;

/// <summary>The device's own software, kept current.</summary>
public sealed record SystemUpdateResource : Resource
{
    public required SystemUpdateSpec Update { get; init; }

    public override string SpecHash => Update.Hash;
}
