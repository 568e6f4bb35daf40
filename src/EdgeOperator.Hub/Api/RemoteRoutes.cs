using System.Globalization;
using System.Net.WebSockets;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Core.Protocol.Hub;
using EdgeOperator.Hub.Remote;
using EdgeOperator.Hub.Rest;
using EdgeOperator.Hub.Security;
using EdgeOperator.Hub.Service;

namespace EdgeOperator.Hub.Api;

/// <summary>Logs of what runs on devices, commands that run there, and consoles of their machines, over connections that the devices open.</summary>
internal sealed class RemoteRoutes(RemoteChannels channels, ChannelRelays relays, RelayProof proof)
{
    /// <summary>Who is silently gone is noticed within a minute and a half.</summary>
    private static readonly WebSocketAcceptContext Accepted = new() { KeepAliveInterval = TimeSpan.FromSeconds(30), KeepAliveTimeout = TimeSpan.FromSeconds(60) };

    /// <summary>Stands for the device itself where a resource is named.</summary>
    private const string TheDevice = "Host/device";

    private static readonly QueryParameter Resource = new("resource", "As Kind/name");
    private static readonly QueryParameter Reason = new("reason", "Why, for the device's events");

    public IEnumerable<ServiceRoute> Routes =>
    [
        ApiRoute.Stream(
            "devices/{device}/logs", "The log of a module or function app, or a machine's console, as text", "text/plain", LogsAsync,
            Resource, Reason,
            new("follow", "Go on until it ends", QueryParameterType.Flag), new("tail", "Only the last lines", QueryParameterType.Number), new("since", "Only what is not older: a time in ISO 8601"),
            new("timestamps", "Begin every line with its time", QueryParameterType.Flag), new("previous", "Of the run or container before", QueryParameterType.Flag)) with { Reach = RouteReach.Device },
        ApiRoute.Stream("devices/{device}/support-bundle", "Findings, status, events, configuration and logs of a device, without secrets, as a gzipped tar file", "application/gzip", BundleAsync, Reason) with { Reach = RouteReach.Device },
        ApiRoute.Stream("devices/{device}/exec", "Run a command where a resource runs, over a WebSocket that carries its frames", "application/octet-stream", ExecAsync, Resource, Reason) with { Reach = RouteReach.Device },
        ApiRoute.Stream("devices/{device}/console", "Attach to the serial console of a virtual machine, over a WebSocket that carries the frames of a command", "application/octet-stream", ConsoleAsync, Resource, Reason) with { Reach = RouteReach.Device },
        new("GET", $"{ApiRoute.Prefix}channels/{{channel}}", AcceptAsync),
        new("GET", $"{ApiRoute.Prefix}relays/{{channel}}", TakeRelayedAsync) { IsOpen = true },
    ];

    private async Task LogsAsync(ServiceRequest request)
    {
        var options = new LogOptions(ApiRoute.Flag(request, "follow"), ApiRoute.Text(request, "tail") is null ? null : (int)ApiRoute.Number(request, "tail", 0, 0, int.MaxValue))
        {
            Since = Moment(request, "since"),
            Timestamps = ApiRoute.Flag(request, "timestamps"),
            Previous = ApiRoute.Flag(request, "previous"),
        };
        await CopyAsync(request, Order(request, ChannelRequest.Logs, null, options, Rights.Operate), "text/plain; charset=utf-8");
    }

    private Task BundleAsync(ServiceRequest request)
    {
        var order = Order(request, ChannelRequest.SupportBundle, TheDevice, null, Rights.Operate);
        var name = string.Concat(order.Device.DeviceId.Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' ? c : '_'));
        request.Http.Response.Headers.ContentDisposition = $"attachment; filename=\"edgeop-support-{name}.tar.gz\"";
        return CopyAsync(request, order, "application/gzip");
    }

    private async Task CopyAsync(ServiceRequest request, ChannelOrder order, string contentType)
    {
        await using var channel = await channels.OpenAsync(order, request.Aborted);
        var response = request.Http.Response;
        var problem = await channel.CopyToAsync(response.Body, () =>
        {
            response.ContentType = contentType;
            return response.StartAsync(request.Aborted);
        });
        if (problem is not null)
            throw RemoteChannels.Refusal(order.Device, problem);
    }

    private Task ExecAsync(ServiceRequest request) => JoinAsync(request, ChannelRequest.Exec, "a command is run over a WebSocket");

    private Task ConsoleAsync(ServiceRequest request) => JoinAsync(request, ChannelRequest.Console, "a console is attached to over a WebSocket");

    private async Task JoinAsync(ServiceRequest request, string operation, string needed)
    {
        var order = Order(request, operation, null, null, Rights.Administrate);
        if (!request.Http.WebSockets.IsWebSocketRequest)
            throw new ServiceException(ServiceError.InvalidOperation, needed);
        await using var channel = await channels.OpenAsync(order, request.Aborted);
        using var client = await request.Http.WebSockets.AcceptWebSocketAsync(Accepted);
        await channel.JoinAsync(client);
    }

    // The device's own side: it is let in by its credentials, and only to what it was asked to open.
    private async Task AcceptAsync(ServiceRequest request)
    {
        if (request.Caller.Identity is not { IsModule: false } device)
            throw ServiceRequest.Denied();
        var id = request.Path[3];
        if (channels.IsMine(id))
            await channels.AcceptAsync(id, device, AcceptanceOf(request));
        else
            await relays.PassOnAsync(id, device, AcceptanceOf(request), request.Aborted);
    }

    // From another replica, which has let the device in.
    private async Task TakeRelayedAsync(ServiceRequest request)
    {
        if (proof.Read(request.Http.Request.Headers.Authorization.ToString(), request.Path[3]) is not { } device)
            throw new ServiceException(ServiceError.IotHubUnauthorizedAccess, "Unauthorized");
        await channels.AcceptAsync(request.Path[3], device, AcceptanceOf(request));
    }

    private static Func<Task<WebSocket>> AcceptanceOf(ServiceRequest request) => request.Http.WebSockets.IsWebSocketRequest
        ? () => request.Http.WebSockets.AcceptWebSocketAsync(Accepted)
        : throw new ServiceException(ServiceError.InvalidOperation, "a channel is a WebSocket");

    /// <param name="resource">Null for the one that the request names.</param>
    private static ChannelOrder Order(ServiceRequest request, string operation, string? resource, LogOptions? logs, Rights rights)
    {
        var actor = request.Need(rights);
        resource ??= ApiRoute.Text(request, "resource") ?? throw new ServiceException(ServiceError.ArgumentInvalid, "'resource' is missing: write it as Kind/name");
        return new(new(request.Path[3]), operation, resource, logs, actor, DeviceRoutes.Name(actor), request.Http.Connection.RemoteIpAddress?.ToString() ?? "", ApiRoute.Text(request, "reason"));
    }

    private static DateTimeOffset? Moment(ServiceRequest request, string name) => ApiRoute.Text(request, name) is not { } text ? null
        : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment) ? moment
        : throw new ServiceException(ServiceError.ArgumentInvalid, $"{name} can't be '{text}': write a time in ISO 8601");
}
