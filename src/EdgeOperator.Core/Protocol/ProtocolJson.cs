using System.Collections.Immutable;
using System.Text.Json.Serialization;
using EdgeOperator.Core.Protocol.Hub;

namespace EdgeOperator.Core.Protocol;

/// <summary>The JSON of everything that agent, CLI and hub say to each other.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(DeviceStatus))]
[JsonSerializable(typeof(ResourceStatus))]
[JsonSerializable(typeof(ImmutableArray<ResourceStatus>))]
[JsonSerializable(typeof(EventRecord))]
[JsonSerializable(typeof(ImmutableArray<EventRecord>))]
[JsonSerializable(typeof(ImmutableArray<HistoryRecord>))]
[JsonSerializable(typeof(PlanDocument))]
[JsonSerializable(typeof(ProblemDocument))]
[JsonSerializable(typeof(ExecRequest))]
[JsonSerializable(typeof(RestartAnswer))]
[JsonSerializable(typeof(RollbackAnswer))]
[JsonSerializable(typeof(UpdateAnswer))]
[JsonSerializable(typeof(ImmutableArray<SnapshotReport>))]
[JsonSerializable(typeof(MethodRequest))]
[JsonSerializable(typeof(DescribeAnswer))]
[JsonSerializable(typeof(CheckReport))]
[JsonSerializable(typeof(HostFigures))]
public sealed partial class ProtocolJson : JsonSerializerContext;
