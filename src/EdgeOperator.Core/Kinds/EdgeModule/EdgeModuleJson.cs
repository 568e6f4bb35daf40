using System.Text.Json.Serialization;

namespace EdgeOperator.Core.Kinds.EdgeModule;

/// <summary>Binds the fields of an EdgeModule's spec.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(EdgeModuleFields))]
internal sealed partial class EdgeModuleJson : JsonSerializerContext;
