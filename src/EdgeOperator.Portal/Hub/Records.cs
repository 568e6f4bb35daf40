using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace EdgeOperator.Portal.Hub;

/// <summary>What a user may do; each may do all that those before it may.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<HubRole>))]
public enum HubRole
{
    Viewer,
    Operator,
    Administrator,
}

/// <param name="Fleets">Those that the role is limited to; null for a role over all devices.</param>
public sealed record HubUser(string Name, HubRole Role, bool External = false, IReadOnlyList<string>? Fleets = null)
{
    /// <summary>Such as <c>Operator of tills</c>.</summary>
    public string RoleText => Fleets is null ? $"{Role}" : $"{Role} of {string.Join(", ", Fleets)}";
}

public sealed record HubDevice
{
    public string DeviceId { get; init; } = "";

    public bool Enabled { get; init; }

    public bool Connected { get; init; }

    public DateTime? LastActivity { get; init; }

    public JsonObject Labels { get; init; } = [];

    public string? AgentVersion { get; init; }

    public string? Applied { get; init; }

    public string? LastGood { get; init; }

    public string? Ready { get; init; }

    public string? Message { get; init; }

    public int? Resources { get; init; }

    public int? ReadyResources { get; init; }
}

public sealed record HubDeviceList(IReadOnlyList<HubDevice> Items, string? Continuation);

/// <summary>A filter for devices that a user keeps.</summary>
public sealed record HubView(string Id, string? Name, string? Labels, string? State, string? Where);

public sealed record HubAttention(string DeviceId, string Problem, string? Reason, string? Message, DateTime? Since);

public sealed record HubOverview(
    long Devices, long Connected, long Disabled, long Ready, long NotReady, long Stalled, long Offline, long NeedAttention, long PendingEnrollments, DateTime At, IReadOnlyList<HubAttention> Attention);

public sealed record HubEvent(long Sequence, DateTime At, string Type, string? DeviceId, string? ModuleId, string? Actor, string Message);

public sealed record HubAuditEntry(long Sequence, DateTime At, string Actor, string Action, string Target, string From);

public sealed record HubEnrollment(string Id, string DeviceId, string State, DateTime Created, JsonObject? Info);

public sealed record HubAccount(string Name, HubRole Role, bool MustChange, IReadOnlyList<string>? Fleets = null);

public sealed record HubToken(string Id, string Name, string User, HubRole? Role, DateTime Expires, IReadOnlyList<string>? Fleets = null);

public sealed record HubPolicy(string Name, string[] Rights);

public static class HubJson
{
    public static T Read<T>(JsonNode? body) => body.Deserialize<T>(JsonSerializerOptions.Web) ?? throw new InvalidOperationException("the hub answers nothing");

    /// <summary>A text somewhere in a document that a device may have written, so that anything may stand there.</summary>
    /// <returns>Null when there is none.</returns>
    public static string? Text(JsonNode? node, params string[] path) =>
        At(node, path) is JsonValue value ? value.TryGetValue<string>(out var text) ? text : value.ToJsonString() : null;

    /// <inheritdoc cref="Text"/>
    public static JsonObject? Map(JsonNode? node, params string[] path) => At(node, path) as JsonObject;

    private static JsonNode? At(JsonNode? node, string[] path)
    {
        foreach (var name in path)
            node = (node as JsonObject)?[name];
        return node;
    }
}
