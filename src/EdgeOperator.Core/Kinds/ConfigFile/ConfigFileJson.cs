using System.Text.Json.Serialization;

namespace EdgeOperator.Core.Kinds.ConfigFile;

/// <summary>Binds the fields of a ConfigFile's spec, and gives what they were bound to its canonical form.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(ConfigFileFields))]
[JsonSerializable(typeof(ConfigFileSpec))]
internal sealed partial class ConfigFileJson : JsonSerializerContext;
