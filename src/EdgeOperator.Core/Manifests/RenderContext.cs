using System.Collections.Immutable;

namespace EdgeOperator.Core.Manifests;

/// <summary>For whom manifests are read.</summary>
/// <param name="Device">
/// The device whose selectors and variables count. Null reads for any device, as <c>edgeop validate</c> does: every
/// selector matches, and a value that depends on a variable is accepted wherever its type could be right.
/// </param>
public sealed record RenderContext(DeviceIdentity? Device)
{
    /// <summary>Resources that other sources, which are read apart, are known to deliver.</summary>
    public ImmutableHashSet<ResourceId> Elsewhere { get; init; } = [];

    /// <summary>Opens the device's Secrets; null where there is no device, or nothing that could.</summary>
    public ISecretOpener? Secrets { get; init; }

    /// <summary>The Secrets that manifests may refer to; null until they are known.</summary>
    internal Reading.SecretTable? Table { get; init; }

    public static RenderContext AnyDevice { get; } = new(Device: null);
}
