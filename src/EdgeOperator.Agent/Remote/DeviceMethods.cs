using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using EdgeOperator.Agent.LocalApi;
using EdgeOperator.Agent.Sources.Twin;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Core.Protocol.Hub;

namespace EdgeOperator.Agent.Remote;

/// <summary><see cref="IAgentControl"/> as direct methods of a hub: JSON in, JSON out, both bounded.</summary>
/// <param name="twin">The source whose hub calls.</param>
internal sealed class DeviceMethods(IAgentControl control, TwinSource twin, HubChannels channels)
{
    private const int LastEvents = 10;
    private const int Ok = 200;
    private const int BadRequest = 400;
    private const int NotFound = 404;
    private const int Conflict = 409;
    private const int TooLarge = 413;

    public async Task<MethodResult> InvokeAsync(MethodCall call, CancellationToken cancellation)
    {
        try
        {
            return AgentMethods.All.Contains(call.Name)
                ? await InvokeAsync(call.Name, Read(call.Payload), cancellation)
                : Failed(NotFound, ControlException.NotFound, $"the agent has no method {call.Name}: it has {string.Join(", ", AgentMethods.All.Order(StringComparer.Ordinal))}");
        }
        catch (ControlException e)
        {
            return Failed(e.Reason == ControlException.NotFound ? NotFound : Conflict, e.Reason, e.Message);
        }
        catch (InvalidDataException e)
        {
            return Failed(BadRequest, nameof(BadRequest), e.Message);
        }
    }

    private async Task<MethodResult> InvokeAsync(string name, MethodRequest request, CancellationToken cancellation)
    {
        var by = new Operator(request.User is { Length: > 0 } user ? $"{user} at {twin.Hub}" : twin.Hub, string.IsNullOrWhiteSpace(request.Reason) ? null : request.Reason.Trim());
        var resource = Resource(request.Resource);
        switch (name)
        {
            case AgentMethods.Status:
                return Answer(control.Status, ProtocolJson.Default.DeviceStatus);
            case AgentMethods.Describe:
                return Describe(Needed(resource));
            case AgentMethods.Reconcile:
                await control.ReconcileAsync(request.Retry, by, cancellation);
                return Answer(control.Status with { Resources = [] }, ProtocolJson.Default.DeviceStatus);
            case AgentMethods.Suspend:
                await control.SuspendAsync(resource, by, cancellation);
                return new(Ok, default);
            case AgentMethods.Resume:
                await control.ResumeAsync(resource, by, cancellation);
                return new(Ok, default);
            case AgentMethods.RollBack:
                return Answer(new RollbackAnswer(await control.RollBackAsync(request.Revision, by, cancellation)), ProtocolJson.Default.RollbackAnswer);
            case AgentMethods.Restart:
                return Answer(new RestartAnswer(await control.RestartAsync(Needed(resource), by, cancellation)), ProtocolJson.Default.RestartAnswer);
            case AgentMethods.Check:
                return Answer(await control.CheckAsync(cancellation), ProtocolJson.Default.CheckReport);
            case AgentMethods.Stop:
                await control.StopAsync(Needed(resource), by, cancellation);
                return new(Ok, default);
            case AgentMethods.Start:
                await control.StartAsync(Needed(resource), by, cancellation);
                return new(Ok, default);
            case AgentMethods.OpenChannel:
                channels.Open(twin, request.Channel ?? throw new InvalidDataException("'channel' is missing"), Needed(resource), by);
                return new(Ok, default);
            default:
                return Decommission(by);
        }
    }

    // The hub forgets the device once it has the answer, and must not see the old identity again after it.
    private MethodResult Decommission(Operator by)
    {
        try
        {
            twin.LetGo(by.ToString());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ControlException("NotRemoved", $"the device's identity can't be removed: {e.Message}");
        }

        control.Note("Decommissioned", $"the device no longer belongs to {twin.Hub}: it was decommissioned", by);
        return new(Ok, default) { Afterwards = twin.LeaveAsync };
    }

    private MethodResult Describe(ResourceId id)
    {
        var resource = control.Describe(id);
        return Answer(new DescribeAnswer(resource, control.Events(0, LastEvents, id)), ProtocolJson.Default.DescribeAnswer);
    }

    private static MethodRequest Read(ReadOnlyMemory<byte> payload)
    {
        if (payload.Length > AgentMethods.MaxPayload)
            throw new InvalidDataException($"the payload is larger than {AgentMethods.MaxPayload} bytes");
        if (payload.Span.Trim((byte)' ').IsEmpty)
            return new();
        try
        {
            return JsonSerializer.Deserialize(payload.Span, ProtocolJson.Default.MethodRequest) ?? new();
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"the payload was not understood{(e.Path is { } path ? $" at {path}" : "")}");
        }
    }

    private static ResourceId? Resource(string? text) =>
        text is null ? null
        : ResourceId.TryParse(text, out var id) ? id
        : throw new InvalidDataException($"resource can't be \"{text}\": write it as Kind/name");

    private static ResourceId Needed(ResourceId? resource) => resource ?? throw new InvalidDataException("'resource' is missing: write it as Kind/name");

    private static MethodResult Answer<T>(T answer, JsonTypeInfo<T> type)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(answer, type);
        return json.Length <= AgentMethods.MaxPayload
            ? new(Ok, json)
            : Failed(TooLarge, nameof(TooLarge), $"the answer has {json.Length} bytes, and {AgentMethods.MaxPayload} at most are allowed: ask for one resource with {AgentMethods.Describe}");
    }

    private static MethodResult Failed(int status, string reason, string message) =>
        new(status, JsonSerializer.SerializeToUtf8Bytes(new ProblemDocument(reason, status, reason, message), ProtocolJson.Default.ProblemDocument));
}
