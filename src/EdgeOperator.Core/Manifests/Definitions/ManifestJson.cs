using System.Text.Json.Serialization;

namespace EdgeOperator.Core.Manifests.Definitions;

/// <summary>Binds specs in canonical form, in which every field that has a default is present.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(Metadata))]
[JsonSerializable(typeof(CommonSpec))]
[JsonSerializable(typeof(DeviceSelector))]
[JsonSerializable(typeof(AgentFields))]
internal sealed partial class ManifestJson : JsonSerializerContext;
