using EdgeOperator.Core.Manifests;

namespace EdgeOperator.Core.Kinds.ConfigFile;

/// <summary>A file on the device.</summary>
public sealed record ConfigFileResource : Resource
{
    public required ConfigFileSpec File { get; init; }

    public override string SpecHash => File.Hash;
}
