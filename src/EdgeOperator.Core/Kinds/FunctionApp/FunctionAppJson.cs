using System.Text.Json.Serialization;

namespace EdgeOperator.Core.Kinds.FunctionApp;

/// <summary>Binds the fields of a FunctionApp's spec, and gives what they were bound to its canonical form.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(FunctionAppFields))]
[JsonSerializable(typeof(FunctionAppSpec))]
internal sealed partial class FunctionAppJson : JsonSerializerContext;
