using System.Text.Json.Serialization;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Manifests.Reading;

namespace EdgeOperator.Core.Fleets;

/// <summary>What a fleet is to be; canonical, as <see cref="HubManifests"/> reads it.</summary>
public sealed record FleetSpec(DeviceSelector Selector, FleetSource Source, RolloutPolicy RolloutPolicy);

/// <summary>What the devices are to be at: a commit of their own Git source, or what a folder of a hub's repository has.</summary>
/// <param name="Name">Of the source in the devices' twins; null for the usual one.</param>
/// <param name="Repository">The hub's; null when the devices have the source themselves.</param>
/// <param name="Path">The folder in the repository; empty for its root.</param>
/// <param name="Ref">Without a repository always a commit; with one, null for what the repository follows.</param>
public sealed record FleetSource(string? Name = null, string? Repository = null, string Path = "", FleetRef? Ref = null)
{
    /// <summary>The name of the source in the devices' twins.</summary>
    [JsonIgnore]
    public string TwinName => Name ?? (Repository is null ? "git" : "fleet");

    /// <summary>The folder in the repository, without slashes around it.</summary>
    [JsonIgnore]
    public string Folder => Path.Trim('/');
}

/// <summary>One of them.</summary>
/// <param name="Commit">In full.</param>
public sealed record FleetRef(string? Branch = null, string? Tag = null, string? Semver = null, string? Commit = null)
{
    public GitRef ToGitRef() => AgentConfigurationBinder.Ref(new(Branch, Tag, Semver, Commit));
}

/// <summary>Binds specs in canonical form, in which every field that has a default is present.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(FleetSpec))]
[JsonSerializable(typeof(StoredRollout))]
[JsonSerializable(typeof(RolloutDevice))]
internal sealed partial class FleetJson : JsonSerializerContext;
