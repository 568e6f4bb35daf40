using System.Text.Json;
using System.Text.Json.Nodes;
using EdgeOperator.Core.Protocol.Hub;
using EdgeOperator.Core.Twins;
using EdgeOperator.Core.Twins.Query;
using EdgeOperator.Hub.Events;
using EdgeOperator.Hub.Identities;
using EdgeOperator.Hub.Methods;
using EdgeOperator.Hub.Registry;
using EdgeOperator.Hub.Rest;
using EdgeOperator.Hub.Security;
using EdgeOperator.Hub.Service;
using EdgeOperator.Hub.Storage;
using EdgeOperator.Hub.Twins;

namespace EdgeOperator.Hub.Api;

/// <param name="Force">Remove the record although the device can't be told.</param>
internal sealed record DecommissionBody(bool Force = false);

/// <param name="Told">The device has let go of its identity; otherwise it was not there to be told.</param>
internal sealed record DecommissionAnswer(bool Told);

/// <param name="Payload">The method's input; null for none.</param>
/// <param name="ConnectTimeoutInSeconds">How long to wait for a device that is not connected: 0 to 300, 0 when left out.</param>
/// <param name="ResponseTimeoutInSeconds">How long to wait for the answer: 5 to 300, 30 when left out.</param>
internal sealed record MethodBody(JsonNode? Payload = null, int? ConnectTimeoutInSeconds = null, int? ResponseTimeoutInSeconds = null);

/// <param name="Status">As the device answered.</param>
internal sealed record MethodAnswer(int Status, JsonNode? Payload);

/// <summary>Devices as operators see them.</summary>
internal sealed class DeviceRoutes(DeviceRegistry registry, DeviceTwins twins, TwinQueries queries, DirectMethods methods, ChangeFeed changes, HubEvents events)
{
    private const string One = "devices/{device}";
    private const int MostItems = 1000;

    private static readonly TimeSpan DecommissionTimeout = TimeSpan.FromSeconds(30);

    public IEnumerable<ServiceRoute> Routes =>
    [
        ApiRoute.Get(
            "devices", "Devices, in the order of their names", ListAsync,
            new("where", "Only those for which this condition of IoT Hub's query language holds, such as tags.labels.site = 'berlin' AND connectionState = 'Connected'"),
            new("limit", $"At most so many: 1 to {MostItems}, 100 when left out", QueryParameterType.Number),
            new("continuation", "What the page before had")) with { Reach = RouteReach.Many },
        ApiRoute.Get(One, "One device", ReadAsync) with { Reach = RouteReach.Device },
        ApiRoute.Send<Dictionary<string, string?>, Dictionary<string, string>>("PATCH", One + "/labels", "Set labels; null removes one", LabelAsync),
        ApiRoute.Offer<DecommissionBody, DecommissionAnswer>("POST", One + "/decommission", "Have the device let go of its identity, then remove its record", DecommissionAsync) with { Reach = RouteReach.Device },
        ApiRoute.Get(One + "/twin", "A device's twin, or a module's", ReadTwinAsync, Module) with { Reach = RouteReach.Device },
        ApiRoute.Send<JsonObject, JsonObject>("PATCH", One + "/twin", "Merge into tags and desired properties; null removes a key", PatchTwinAsync, query: Module) with { Reach = RouteReach.Device },
        ApiRoute.Send<MethodBody, MethodAnswer>("POST", One + "/methods/{method}", "Call a direct method, and wait for its answer", InvokeAsync, query: Module) with { Reach = RouteReach.Device },
    ];

    private static QueryParameter Module { get; } = new("module", "Of this module of the device");

    private async Task<DeviceList> ListAsync(ServiceRequest request)
    {
        request.Need(Rights.RegistryRead | Rights.View);
        var limit = (int)ApiRoute.Number(request, "limit", 100, 1, MostItems);
        var where = ApiRoute.Text(request, "where");
        Check(where);
        var page = await queries.RunAsync(where is null ? "SELECT * FROM devices" : $"SELECT * FROM devices WHERE ({where})", limit, ApiRoute.Text(request, "continuation"), request.Aborted, request.Scope is { } scope ? row => scope.Has(row.Twin) : null);
        return page.Type == "Twin"
            ? new([.. page.Items.Select(item => DeviceView.Of(item!.AsObject()))], page.Continuation)
            : throw new ServiceException(ServiceError.ArgumentInvalid, "where is a condition alone: write nothing after it");
    }

    // By itself, before it stands between brackets that it could close.
    private static void Check(string? where)
    {
        try
        {
            if (where is not null)
                TwinQuery.ParseCondition(where);
        }
        catch (QueryException e)
        {
            throw new ServiceException(ServiceError.ArgumentInvalid, $"where is a condition alone: {e.Message}");
        }
    }

    private async Task<DeviceView> ReadAsync(ServiceRequest request)
    {
        request.Need(Rights.RegistryRead | Rights.View);
        return DeviceView.Of(TwinDocument.Write(await twins.GetAsync(new(request.Path[3]), request.Aborted)));
    }

    private async Task<Dictionary<string, string>> LabelAsync(ServiceRequest request, Dictionary<string, string?> labels)
    {
        request.Need(Rights.RegistryWrite);
        var given = JsonSerializer.SerializeToNode(labels)!.AsObject();
        if (TwinDevice.ProblemOf(given) is { } problem)
            throw new ServiceException(ServiceError.ArgumentInvalid, problem);
        var tags = new JsonObject { ["labels"] = given };
        return DeviceView.Of(TwinDocument.Write(await twins.PatchAsync(new(request.Path[3]), tags, null, request.Match, request.Aborted))).Labels.ToDictionary(l => l.Key, l => l.Value!.GetValue<string>());
    }

    private async Task<DecommissionAnswer> DecommissionAsync(ServiceRequest request, DecommissionBody? body)
    {
        var actor = request.Need(Rights.RegistryWrite);
        var key = new IdentityKey(request.Path[3]);
        var isTold = await TellAsync(key, actor, body?.Force == true, request.Aborted);
        await registry.RemoveAsync(key, null, request.Aborted);
        changes.Wake();
        events.Add(EventTypes.DeviceDecommissioned, key, isTold ? $"{key} has let go of its identity and was removed" : $"{key} was removed without being told", actor);
        return new(isTold);
    }

    private async Task<bool> TellAsync(IdentityKey key, string actor, bool force, CancellationToken cancellation)
    {
        try
        {
            var answer = await methods.InvokeAsync(key, AgentMethods.Decommission, Signed(null, actor), TimeSpan.Zero, DecommissionTimeout, cancellation);
            return answer["status"]!.GetValue<int>() == StatusCodes.Status200OK
                || (force ? false : throw new ServiceException(ServiceError.InvalidOperation, $"{key} did not let go of its identity: it answered {answer.ToJsonString()}; with force its record is removed in any case"));
        }
        catch (ServiceException e) when (e.Error is ServiceError.DeviceNotOnline or ServiceError.GatewayTimeout)
        {
            return force
                ? false
                : throw new ServiceException(e.Error, $"{key} can't be told to let go of its identity, for it is not connected or does not answer: try again when it is, or remove its record in any case with force");
        }
    }

    private async Task<JsonObject> ReadTwinAsync(ServiceRequest request)
    {
        request.Need(Rights.ServiceConnect | Rights.RegistryRead | Rights.View);
        return Answer(request, await twins.GetAsync(KeyOf(request), request.Aborted));
    }

    private async Task<JsonObject> PatchTwinAsync(ServiceRequest request, JsonObject body)
    {
        request.Need(Rights.ServiceConnect | Rights.RegistryWrite);
        var (tags, desired) = TwinRoutes.Sections(body);

        // They say which fleets a device is in: whoever is limited to some must neither take one there nor give one away.
        // The agent takes labels from its desired properties too, and content of the hub's store by what these name.
        if (request.Scope is not null && (tags?.ContainsKey("labels") == true || HasMember(desired, "labels")))
            throw new ServiceException(ServiceError.RoleNeeded, "labels are changed by roles over all devices, since they say which fleets a device is in");
        if (request.Scope is not null && HasMember(desired, "sources"))
            throw new ServiceException(ServiceError.RoleNeeded, "a device's sources are changed by roles over all devices, since they name artifacts of any fleet");
        return Answer(request, await twins.PatchAsync(KeyOf(request), tags, desired, request.Match, request.Aborted));
    }

    // What is no object replaces or removes all that is there.
    private static bool HasMember(JsonObject? desired, string name) =>
        desired?.TryGetPropertyValue("edgeoperator", out var section) == true && (section is not JsonObject members || members.ContainsKey(name));

    private async Task<MethodAnswer> InvokeAsync(ServiceRequest request, MethodBody body)
    {
        var actor = request.Need(Rights.ServiceConnect);
        var asked = JsonSerializer.SerializeToNode(AgentMethods.All.Contains(request.Path[5]) ? body with { Payload = Signed(body.Payload, actor) } : body, ApiJson.Options)!.AsObject();
        return (await MethodCall.Read(request.Path[5], asked).InvokeAsync(methods, KeyOf(request), request.Aborted)).Deserialize<MethodAnswer>(ApiJson.Options)!;
    }

    // The agent's events say who it was, so callers don't choose their name.
    private static JsonNode? Signed(JsonNode? payload, string actor)
    {
        if (payload is not (null or JsonObject))
            return payload;
        var signed = payload?.DeepClone().AsObject() ?? [];
        signed["user"] = Name(actor);
        return signed;
    }

    /// <summary>A caller's name as a device's events have it.</summary>
    internal static string Name(string actor) => actor.StartsWith("user ", StringComparison.Ordinal) ? actor["user ".Length..] : actor;

    private static JsonObject Answer(ServiceRequest request, TwinRow row)
    {
        request.Http.Response.Headers.ETag = $"\"{row.Twin.ETag}\"";
        return TwinDocument.Write(row);
    }

    private static IdentityKey KeyOf(ServiceRequest request) => new(request.Path[3], ApiRoute.Text(request, "module") ?? "");
}
