using System.Text.Json.Nodes;
using EdgeOperator.Core.Protocol.Hub;
using EdgeOperator.Core.Twins;
using EdgeOperator.Hub.Messages;
using EdgeOperator.Hub.Provisioning;
using EdgeOperator.Hub.Registry;
using EdgeOperator.Hub.Security;
using EdgeOperator.Hub.Service;
using EdgeOperator.Hub.Storage;

namespace EdgeOperator.Hub.Rest;

/// <summary>The hub's own API, <c>/api/v1</c>: login, enrollment by approval, telemetry, the audit log.</summary>
internal sealed class OperatorRoutes(Users users, EnrollmentRequests requests, IHubStore store)
{
    private const int MostItems = 1000;

    public IEnumerable<ServiceRoute> Routes =>
    [
        new("POST", "api/v1/login", LoginAsync) { IsOpen = true },
        new("POST", "api/v1/enrollments", SubmitAsync) { IsOpen = true },
        new("GET", "api/v1/enrollments/{}", ReadRequestAsync) { IsOpen = true },
        new("POST", "api/v1/certificate", RenewAsync) { IsOpen = true },
        new("GET", "api/v1/enrollments", ListRequestsAsync),
        new("POST", "api/v1/enrollments/{}/approve", ApproveAsync),
        new("POST", "api/v1/enrollments/{}/deny", DenyAsync),
        new("GET", "api/v1/telemetry", ReadTelemetryAsync),
        new("GET", "api/v1/audit", ReadAuditAsync),
    ];

    private async Task LoginAsync(ServiceRequest request)
    {
        var body = await request.BodyAsync();
        var (token, expires) = await users.LoginAsync(Needed(body, "user"), Needed(body, "password"), RegistryDocument.Text(body, "newPassword"), request.Aborted);
        await request.WriteAsync(new JsonObject { ["token"] = token, ["expires"] = TwinMetadata.Time(expires) });
    }

    private async Task SubmitAsync(ServiceRequest request)
    {
        var body = await request.BodyAsync();
        var submitted = await requests.SubmitAsync(Needed(body, "deviceId"), Needed(body, "csr"), body["info"] as JsonObject, request.Aborted);
        await request.WriteAsync(Write(submitted), StatusCodes.Status202Accepted);
    }

    private async Task ReadRequestAsync(ServiceRequest request) => await request.WriteAsync(Write(
        await requests.FindAsync(request.Path[3], request.Aborted) ?? throw new ServiceException(ServiceError.ResourceNotFound, "there is no such enrollment request")));

    private async Task RenewAsync(ServiceRequest request)
    {
        var certificate = await request.Http.Connection.GetClientCertificateAsync(request.Aborted) ?? throw ServiceRequest.Denied();
        await request.WriteAsync(new JsonObject { ["certificate"] = await requests.RenewAsync(certificate, Needed(await request.BodyAsync(), "csr"), request.Aborted) });
    }

    private async Task ListRequestsAsync(ServiceRequest request)
    {
        request.Need(Rights.Administrate);
        await request.WriteAsync(new JsonArray([.. await requests.AllAsync(request.Aborted).Select(Write).ToArrayAsync(request.Aborted)]));
    }

    private async Task ApproveAsync(ServiceRequest request)
    {
        request.Need(Rights.Administrate);
        var labels = request.Http.Request.ContentLength > 0 ? (await request.BodyAsync())["labels"] as JsonObject : null;
        await request.WriteAsync(Write(await requests.ApproveAsync(request.Path[3], labels, request.Aborted)));
    }

    private async Task DenyAsync(ServiceRequest request)
    {
        request.Need(Rights.Administrate);
        await requests.DenyAsync(request.Path[3], request.Aborted);
        request.Http.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private async Task ReadTelemetryAsync(ServiceRequest request)
    {
        request.Need(Rights.ServiceConnect);
        var device = request.Http.Request.Query["device"].ToString();
        var messages = await store.ReadTelemetryAsync(Number(request, "after", 0), device.Length == 0 ? null : device, (int)Math.Clamp(Number(request, "limit", 100), 1, MostItems), request.Aborted);
        await request.WriteAsync(new JsonArray([.. messages.Select(Write)]));
    }

    private async Task ReadAuditAsync(ServiceRequest request)
    {
        request.Need(Rights.Administrate);
        var entries = await store.ReadAuditAsync(Number(request, "after", 0), (int)Math.Clamp(Number(request, "limit", 100), 1, MostItems), request.Aborted);
        await request.WriteAsync(new JsonArray([.. entries.Select(e => new JsonObject
        {
            ["sequence"] = e.Sequence, ["at"] = TwinMetadata.Time(e.At), ["actor"] = e.Actor, ["action"] = e.Action, ["target"] = e.Target, ["from"] = e.Detail,
        })]));
    }

    private static JsonObject Write(EnrollmentRequest request) => new()
    {
        ["id"] = request.Id,
        ["deviceId"] = request.DeviceId,
        ["state"] = request.State,
        ["created"] = TwinMetadata.Time(request.Created),
        ["info"] = request.Info?.DeepClone(),
        ["certificate"] = request.Certificate,
    };

    private static JsonObject Write(TelemetryMessage message)
    {
        var properties = new JsonObject();
        foreach (var (name, value) in PropertyBag.Parse(message.Properties))
            properties[name] = value;
        return new()
        {
            ["sequence"] = message.Sequence,
            ["deviceId"] = message.From.DeviceId,
            ["moduleId"] = message.From.IsModule ? message.From.ModuleId : null,
            ["enqueuedTime"] = TwinMetadata.Time(message.At),
            ["properties"] = properties,
            ["body"] = Convert.ToBase64String(message.Body),
        };
    }

    private static string Needed(JsonObject body, string name) =>
        RegistryDocument.Text(body, name) is { Length: > 0 } text ? text : throw new ServiceException(ServiceError.ArgumentInvalid, $"'{name}' is missing");

    private static long Number(ServiceRequest request, string name, long absent) => long.TryParse(request.Http.Request.Query[name], out var number) ? number : absent;
}
