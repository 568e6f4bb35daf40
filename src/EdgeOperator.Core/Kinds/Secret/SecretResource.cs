using System.Collections.Immutable;
using EdgeOperator.Core.Manifests;

namespace EdgeOperator.Core.Kinds.Secret;

/// <summary>Encrypted values, as the device could open them when the manifests were rendered.</summary>
public sealed record SecretResource : Resource
{
    public required SecretSpec Secret { get; init; }

    public SecretOpening Opening { get; init; } = new SecretOpening.Untried();

    public override string SpecHash => Secret.FileHash;
}

/// <summary>What is known of a Secret without opening it.</summary>
public sealed record SecretSpec
{
    public required ImmutableArray<string> Keys { get; init; }

    /// <summary>As the file names them.</summary>
    public required ImmutableArray<string> Recipients { get; init; }

    /// <summary>Hashes of the encrypted values, by key.</summary>
    public required ImmutableSortedDictionary<string, string> Ciphers { get; init; }

    /// <summary>Of the encrypted file.</summary>
    public required string FileHash { get; init; }
}
