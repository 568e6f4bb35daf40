using System.Text.Json.Serialization;
using EdgeOperator.Core.Manifests;

namespace EdgeOperator.Core.Fleets;

/// <summary>What a fleet is to be; canonical, as <see cref="FleetManifests"/> reads it.</summary>
public sealed record FleetSpec(DeviceSelector Selector, FleetSource Source, RolloutPolicy RolloutPolicy);

/// <param name="Name">Of the Git source, in the devices' own configuration.</param>
/// <param name="Ref">What it is to be at.</param>
public sealed record FleetSource(string Name, FleetRef Ref);

/// <param name="Commit">In full.</param>
public sealed record FleetRef(string Commit);

/// <summary>Binds specs in canonical form, in which every field that has a default is present.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(FleetSpec))]
[JsonSerializable(typeof(StoredRollout))]
[JsonSerializable(typeof(RolloutDevice))]
internal sealed partial class FleetJson : JsonSerializerContext;
