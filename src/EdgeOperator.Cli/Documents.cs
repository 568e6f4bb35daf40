using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Core.Protocol.Functions;

namespace EdgeOperator.Cli;

/// <summary>What <c>-o json</c> and <c>-o yaml</c> print: the protocol's own documents.</summary>
internal static class Documents
{
    public static JsonNode? Of(DeviceStatus status) => Of(status, ProtocolJson.Default.DeviceStatus);

    public static JsonNode? Of(ResourceStatus resource) => Of(resource, ProtocolJson.Default.ResourceStatus);

    public static JsonNode? Of(ImmutableArray<ResourceStatus> resources) => Of(resources, ProtocolJson.Default.ImmutableArrayResourceStatus);

    public static JsonNode? Of(EventRecord record) => Of(record, ProtocolJson.Default.EventRecord);

    public static JsonNode? Of(ImmutableArray<EventRecord> events) => Of(events, ProtocolJson.Default.ImmutableArrayEventRecord);

    public static JsonNode? Of(ImmutableArray<HistoryRecord> history) => Of(history, ProtocolJson.Default.ImmutableArrayHistoryRecord);

    public static JsonNode? Of(CallReport call) => Of(call, HostJson.Default.CallReport);

    public static JsonNode? Of(KeyReport key) => Of(key, HostJson.Default.KeyReport);

    public static JsonNode? Of(ImmutableArray<KeyReport> keys) => Of(keys, HostJson.Default.ImmutableArrayKeyReport);

    public static JsonNode? Of(ImmutableArray<FunctionReport> functions) => Of(functions, HostJson.Default.ImmutableArrayFunctionReport);

    public static JsonNode? Of(ImmutableArray<DeploymentReport> deployments) => Of(deployments, HostJson.Default.ImmutableArrayDeploymentReport);

    public static JsonNode? Of(PlanDocument plan) => Of(plan, ProtocolJson.Default.PlanDocument);

    public static JsonNode? Of(CheckReport report) => Of(report, ProtocolJson.Default.CheckReport);

    private static JsonNode? Of<T>(T value, JsonTypeInfo<T> type) => JsonSerializer.SerializeToNode(value, type);
}
