using EdgeOperator.Core.Manifests;

namespace EdgeOperator.Core.Kinds.ConfigFile;

/// <summary>A file on the device.</summary>
public sealed record ConfigFileResource : Resource
{
    public required ConfigFileSpec File { get; init; }

    internal override ResourceId? Triggers =>
        File.OnChange is FileAction.RestartModule restart ? new(KindNames.EdgeModule, restart.Module) : null;

    public override string SpecHash => File.Hash;
}
