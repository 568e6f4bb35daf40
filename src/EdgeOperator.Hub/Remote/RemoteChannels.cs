using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Core.Protocol.Hub;
using EdgeOperator.Hub.Events;
using EdgeOperator.Hub.Identities;
using EdgeOperator.Hub.Methods;
using EdgeOperator.Hub.Mqtt;
using EdgeOperator.Hub.Replicas;
using EdgeOperator.Hub.Service;
using EdgeOperator.Hub.Storage;

namespace EdgeOperator.Hub.Remote;

/// <param name="Actor">Who asks, for the audit log.</param>
/// <param name="User">The same for the device's events.</param>
/// <param name="From">The address that it is asked for from.</param>
internal sealed record ChannelOrder(IdentityKey Device, string Operation, string Resource, LogOptions? Logs, string Actor, string User, string From, string? Reason);

/// <summary>
/// Connections into devices, each for one operation of one operator. Nothing listens on a device: a direct method has its agent connect to
/// the hub, and the two connections are joined.
/// </summary>
internal sealed class RemoteChannels(DirectMethods methods, IHubStore store, Replica replica, HubEvents events, IHostApplicationLifetime lifetime, TimeProvider time) : IChangeHandler
{
    private const int MostOpen = 256;
    private const int MostOfOneDevice = 8;

    private static readonly TimeSpan OpenTimeout = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan LongestLife = TimeSpan.FromHours(8);

    private readonly ConcurrentDictionary<string, Waiting> _waiting = new();
    private readonly ConcurrentDictionary<string, int> _open = new();

    /// <summary>Has a device connect, and returns once it has.</summary>
    /// <exception cref="ServiceException">The device is not there, or refuses; or too many channels are open.</exception>
    public async Task<RemoteChannel> OpenAsync(ChannelOrder order, CancellationToken cancellation)
    {
        Admit(order.Device.DeviceId);
        var id = ChannelId.New(replica);
        var waiting = _waiting[id] = new(order.Device, new(TaskCreationOptions.RunContinuationsAsynchronously));
        try
        {
            await AskAsync(order, id, cancellation);
            var socket = await waiting.Socket.Task.WaitAsync(OpenTimeout, time, cancellation);
            await NoteAsync(order, EventTypes.RemoteOpened, $"{order.Operation} {order.Resource}", order.From);
            return new(socket, LongestLife, time, CancellationTokenSource.CreateLinkedTokenSource(cancellation, lifetime.ApplicationStopping), channel => CloseAsync(order, waiting, channel));
        }
        catch (TimeoutException)
        {
            Abandon(order, waiting);
            throw new ServiceException(ServiceError.GatewayTimeout, $"{order.Device} has not connected within {OpenTimeout.TotalSeconds:0} s");
        }
        catch
        {
            Abandon(order, waiting);
            throw;
        }
        finally
        {
            _waiting.TryRemove(id, out _);
        }
    }

    /// <summary>Whether a channel is one that this replica waits for, rather than another one.</summary>
    public bool IsMine(string id) => ChannelId.ReplicaOf(id) == replica.Id;

    /// <summary>Another replica has the device's connection, and can't pass it on.</summary>
    public void Handle(Change change)
    {
        if (change.Kind == ChangeKind.ChannelRefused && JsonSerializer.Deserialize<ChannelRefusal>(change.Body!) is { } refusal
            && _waiting.TryGetValue(refusal.Channel, out var waiting) && waiting.Device == change.Key)
            waiting.Socket.TrySetException(new ServiceException(ServiceError.ServiceUnavailable, refusal.Reason));
    }

    /// <summary>Takes the connection of a device for the channel that it was asked to open; returns when that has ended.</summary>
    /// <exception cref="ServiceException">It was not asked to.</exception>
    public async Task AcceptAsync(string id, IdentityKey device, Func<Task<WebSocket>> accept)
    {
        if (!_waiting.TryGetValue(id, out var waiting) || waiting.Device != device)
            throw new ServiceException(ServiceError.ResourceNotFound, "nobody waits for this channel");
        using var socket = await accept();
        if (waiting.Socket.TrySetResult(socket))
            await waiting.Ended.Task;
    }

    private async Task AskAsync(ChannelOrder order, string id, CancellationToken cancellation)
    {
        var request = new MethodRequest
        {
            Resource = order.Resource,
            User = order.User,
            Reason = order.Reason,
            Channel = new($"api/v1/channels/{id}", order.Operation, order.Logs),
        };
        var answer = await methods.InvokeAsync(order.Device, AgentMethods.OpenChannel, JsonSerializer.SerializeToNode(request, ProtocolJson.Default.MethodRequest), TimeSpan.Zero, OpenTimeout, cancellation);
        if (answer["status"]!.GetValue<int>() != StatusCodes.Status200OK)
            throw Refusal(order.Device, answer["payload"]);
    }

    /// <summary>A device's problem as the hub's own error.</summary>
    public static ServiceException Refusal(IdentityKey device, JsonNode? problem) => new(
        (string?)problem?["reason"] == ControlException.NotFound ? ServiceError.ResourceNotFound : ServiceError.InvalidOperation,
        $"{device} answers: {(problem as JsonObject)?["detail"]?.ToString() ?? "nothing"}");

    private void Abandon(ChannelOrder order, Waiting waiting)
    {
        waiting.Ended.TrySetResult();
        Leave(order.Device.DeviceId);
    }

    private async Task CloseAsync(ChannelOrder order, Waiting waiting, RemoteChannel channel)
    {
        Abandon(order, waiting);
        await NoteAsync(order, EventTypes.RemoteClosed, $"end of {order.Operation} {order.Resource}", $"{channel.Received} bytes from the device, {channel.Sent} to it, {time.GetElapsedTime(channel.OpenedAt).TotalSeconds:0} s");
    }

    private async Task NoteAsync(ChannelOrder order, string type, string action, string detail)
    {
        await store.AuditAsync(new(0, time.GetUtcNow(), order.Actor, action, order.Device.ToString(), detail), CancellationToken.None);
        events.Add(type, order.Device, $"{action} on {order.Device}", order.Actor, new() { ["resource"] = order.Resource, ["operation"] = order.Operation, ["detail"] = detail });
    }

    private void Admit(string device)
    {
        if (_open.AddOrUpdate(device, 1, (_, count) => count + 1) > MostOfOneDevice || _open.Values.Sum() > MostOpen)
        {
            Leave(device);
            throw new ServiceException(ServiceError.ThrottlingException, $"too many channels are open: at most {MostOfOneDevice} into one device, and {MostOpen} in all");
        }
    }

    private void Leave(string device)
    {
        if (_open.AddOrUpdate(device, 0, (_, count) => count - 1) == 0)
            _open.TryRemove(KeyValuePair.Create(device, 0));
    }

    private sealed record Waiting(IdentityKey Device, TaskCompletionSource<WebSocket> Socket)
    {
        public TaskCompletionSource Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
