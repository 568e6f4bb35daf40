using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text.Json.Serialization;
using EdgeOperator.Core.Manifests;

namespace EdgeOperator.Core.Kinds.ConfigFile;

/// <summary>A file's desired content and metadata, and what to do after it changed.</summary>
public sealed record ConfigFileSpec
{
    /// <summary>For a file with secrets, unless its manifest says otherwise.</summary>
    public const int PrivateMode = 0b110_000_000;

    /// <summary>The absolute path on the device.</summary>
    public required string Path { get; init; }

    /// <summary>With references to secrets where it <see cref="HoldsSecrets"/>; a device puts in their values when it writes the file.</summary>
    public required ReadOnlyMemory<byte> Content { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool HoldsSecrets { get; init; }

    /// <summary>Permission bits, 0 to 0o7777.</summary>
    public int Mode { get; init; } = 0b110_100_100;

    /// <summary><c>user</c>, <c>user:group</c> or numeric ids; null leaves the owner to the agent's own user.</summary>
    public string? Owner { get; init; }

    public FileAction? OnChange { get; init; }

    /// <summary>SHA-256 of <see cref="Content"/> in lower-case hex: of a file with secrets, of what refers to them.</summary>
    [JsonIgnore]
    public string ContentHash => ContentHashes.GetValue(this, static spec => Convert.ToHexStringLower(SHA256.HashData(spec.Content.Span)));

    [JsonIgnore]
    public string Hash => SpecHash.Once(this, static spec => SpecHash.Of(spec.Canonical(), ConfigFileJson.Default.ConfigFileSpec));

    /// <summary>By reference: the copy that <c>with</c> makes has a hash of its own.</summary>
    private static readonly ConditionalWeakTable<ConfigFileSpec, string> ContentHashes = [];

    /// <summary>The content, which may be large, counts by its hash.</summary>
    private ConfigFileSpec Canonical() => this with { Content = Convert.FromHexString(ContentHash) };
}

/// <summary>What follows a file's change. The hierarchy is closed.</summary>
[JsonDerivedType(typeof(ReloadUnit), nameof(ReloadUnit))]
[JsonDerivedType(typeof(RestartUnit), nameof(RestartUnit))]
[JsonDerivedType(typeof(RestartModule), nameof(RestartModule))]
[JsonDerivedType(typeof(Run), nameof(Run))]
public abstract record FileAction
{
    private FileAction()
    {
    }

    public sealed record ReloadUnit(string Unit) : FileAction
    {
        public override string ToString() => $"reload unit {Unit}";
    }

    public sealed record RestartUnit(string Unit) : FileAction
    {
        public override string ToString() => $"restart unit {Unit}";
    }

    public sealed record RestartModule(string Module) : FileAction
    {
        public override string ToString() => $"restart EdgeModule/{Module}";
    }

    /// <summary>A program and its arguments, run without a shell.</summary>
    public sealed record Run(ImmutableArray<string> Command) : FileAction
    {
        public override string ToString() => $"run {string.Join(' ', Command)}";

        public bool Equals(Run? other) => other is not null && Command.SequenceEqual(other.Command);

        public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);
    }
}
