using EdgeOperator.Core.Protocol.Hub;
using EdgeOperator.Hub.Messages;
using EdgeOperator.Hub.Rest;
using EdgeOperator.Hub.Security;
using EdgeOperator.Hub.Storage;

namespace EdgeOperator.Hub.Api;

/// <param name="Body">In Base64.</param>
internal sealed record TelemetryAnswer(long Sequence, string DeviceId, string? ModuleId, DateTime EnqueuedTime, IReadOnlyDictionary<string, string?> Properties, byte[] Body);

/// <param name="From">The address that it was asked for from.</param>
internal sealed record AuditAnswer(long Sequence, DateTime At, string Actor, string Action, string Target, string From);

/// <summary>What devices have sent, and who has changed what.</summary>
internal sealed class RecordRoutes(IHubStore store)
{
    private const int MostItems = 1000;

    private static readonly QueryParameter After = new("after", "The sequence number of the last one that is known", QueryParameterType.Number);
    private static readonly QueryParameter Limit = new("limit", $"At most so many: 1 to {MostItems}, 100 when left out", QueryParameterType.Number);

    public IEnumerable<ServiceRoute> Routes =>
    [
        ApiRoute.Get("telemetry", "Telemetry, in the order in which it came", ReadTelemetryAsync, After, Limit, new("device", "Only this device's")),
        ApiRoute.Get("audit", "Who has changed what", ReadAuditAsync, After, Limit),
        ApiRoute.Get("audit/latest", "Who has changed what, the latest first", ReadLatestAuditAsync, new("before", "Only what was before this sequence number", QueryParameterType.Number), Limit),
    ];

    private async Task<TelemetryAnswer[]> ReadTelemetryAsync(ServiceRequest request)
    {
        request.Need(Rights.ServiceConnect);
        return [.. (await store.ReadTelemetryAsync(AfterOf(request), ApiRoute.Text(request, "device"), LimitOf(request), request.Aborted)).Select(Answer)];
    }

    private async Task<AuditAnswer[]> ReadAuditAsync(ServiceRequest request)
    {
        request.Need(Rights.Administrate);
        return [.. (await store.ReadAuditAsync(AfterOf(request), LimitOf(request), request.Aborted)).Select(Answer)];
    }

    private async Task<AuditAnswer[]> ReadLatestAuditAsync(ServiceRequest request)
    {
        request.Need(Rights.Administrate);
        return [.. (await store.ReadLatestAuditAsync(ApiRoute.Number(request, "before", long.MaxValue, 1, long.MaxValue), LimitOf(request), request.Aborted)).Select(Answer)];
    }

    private static AuditAnswer Answer(AuditEntry entry) => new(entry.Sequence, entry.At.UtcDateTime, entry.Actor, entry.Action, entry.Target, entry.Detail);

    private static TelemetryAnswer Answer(TelemetryMessage message)
    {
        var properties = new Dictionary<string, string?>();
        foreach (var (name, value) in PropertyBag.Parse(message.Properties))
            properties[name] = value;
        return new(message.Sequence, message.From.DeviceId, message.From.IsModule ? message.From.ModuleId : null, message.At.UtcDateTime, properties, message.Body);
    }

    private static long AfterOf(ServiceRequest request) => ApiRoute.Number(request, "after", 0, 0, long.MaxValue);

    private static int LimitOf(ServiceRequest request) => (int)ApiRoute.Number(request, "limit", 100, 1, MostItems);
}
