using System.Collections.Immutable;
using System.Text.Json.Serialization;
using EdgeOperator.Core.Kinds.ConfigFile;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Platform.Files;

namespace EdgeOperator.Agent.Kinds.ConfigFile;

/// <summary>What the agent remembers of a file that it has written, or was about to write.</summary>
internal sealed record ConfigFileState
{
    public required string Path { get; init; }

    public required ResourceId Resource { get; init; }

    /// <summary>SHA-256 of the content that the agent wrote, in lower-case hex; keyed where it <see cref="HoldsSecrets"/>.</summary>
    public required string WrittenHash { get; init; }

    /// <summary>Values of secrets are in the content that the agent wrote.</summary>
    public bool HoldsSecrets { get; init; }

    public bool PruneDisabled { get; init; }

    public bool ActionPending { get; init; }

    /// <summary>What follows a change of the file, its restore included; null for nothing.</summary>
    public FileAction? OnChange { get; init; }

    /// <summary>What was there before the agent first wrote; null when nothing was.</summary>
    public FileOriginal? Original { get; init; }

    /// <summary>Folders that the agent made on the way to the file, outermost first.</summary>
    public ImmutableArray<string> MadeFolders { get; init; } = [];
}

/// <summary>The metadata of what was there; <see cref="Originals"/> has its content.</summary>
/// <param name="ContentHash">SHA-256 in lower-case hex.</param>
internal sealed record FileOriginal(string ContentHash, int Mode, uint User, uint Group)
{
    [JsonIgnore]
    public FileOwner Owner => new(User, Group);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(ConfigFileState))]
internal sealed partial class ConfigFileStateJson : JsonSerializerContext;
