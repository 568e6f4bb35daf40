using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace EdgeOperator.Core.Protocol.Functions;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(AppRequest))]
[JsonSerializable(typeof(ImmutableSortedDictionary<string, string>))]
[JsonSerializable(typeof(HostReport))]
[JsonSerializable(typeof(CallRequest))]
[JsonSerializable(typeof(CallReport))]
[JsonSerializable(typeof(ImmutableArray<FunctionReport>))]
[JsonSerializable(typeof(ImmutableArray<KeyReport>))]
[JsonSerializable(typeof(KeyReport))]
[JsonSerializable(typeof(ImmutableArray<DeploymentReport>))]
public sealed partial class HostJson : JsonSerializerContext;
