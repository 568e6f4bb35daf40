using System.Text.Json.Serialization;

namespace EdgeOperator.Core.Kinds.FunctionApp;

/// <summary>Binds the fields of a FunctionApp's spec, gives what they were bound to its canonical form, and writes what was published.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(FunctionAppFields))]
[JsonSerializable(typeof(FunctionAppSpec))]
[JsonSerializable(typeof(PublishedPackages))]
internal sealed partial class FunctionAppJson : JsonSerializerContext;
