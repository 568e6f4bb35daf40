using System.Net.WebSockets;
using Microsoft.AspNetCore.Http.Features;

namespace EdgeOperator.Hub.Hosting;

/// <summary>
/// A WebSocket that takes binary frames only: MQTT in any other is to end the connection (MQTT 3.1.1, [MQTT-6.0.0-1],
/// http://docs.oasis-open.org/mqtt/mqtt/v3.1.1/).
/// </summary>
internal sealed class BinaryWebSocket(WebSocket inner) : WebSocket
{
    private const string BinaryOnly = "MQTT comes in binary frames";

    public override WebSocketCloseStatus? CloseStatus => inner.CloseStatus;

    public override string? CloseStatusDescription => inner.CloseStatusDescription;

    public override WebSocketState State => inner.State;

    public override string? SubProtocol => inner.SubProtocol;

    /// <summary>Has whatever accepts a request's WebSocket get one that takes binary frames only.</summary>
    public static void Require(HttpContext http) => http.Features.Set<IHttpWebSocketFeature>(new Feature(http.Features.GetRequiredFeature<IHttpWebSocketFeature>()));

    public override void Abort() => inner.Abort();

    public override Task CloseAsync(WebSocketCloseStatus closeStatus, string? statusDescription, CancellationToken cancellationToken) =>
        inner.CloseAsync(closeStatus, statusDescription, cancellationToken);

    public override Task CloseOutputAsync(WebSocketCloseStatus closeStatus, string? statusDescription, CancellationToken cancellationToken) =>
        inner.CloseOutputAsync(closeStatus, statusDescription, cancellationToken);

    public override void Dispose() => inner.Dispose();

    public override async ValueTask<ValueWebSocketReceiveResult> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        var received = await inner.ReceiveAsync(buffer, cancellationToken);
        if (received.MessageType != WebSocketMessageType.Text)
            return received;

        // As if it had closed, which it has to do next.
        if (inner.State is WebSocketState.Open)
            await inner.CloseOutputAsync(WebSocketCloseStatus.InvalidMessageType, BinaryOnly, cancellationToken);
        return new(0, WebSocketMessageType.Close, endOfMessage: true);
    }

    public override async Task<WebSocketReceiveResult> ReceiveAsync(ArraySegment<byte> buffer, CancellationToken cancellationToken)
    {
        var received = await ReceiveAsync(buffer.AsMemory(), cancellationToken);
        return new(received.Count, received.MessageType, received.EndOfMessage, CloseStatus, CloseStatusDescription);
    }

    public override ValueTask SendAsync(ReadOnlyMemory<byte> buffer, WebSocketMessageType messageType, bool endOfMessage, CancellationToken cancellationToken) =>
        inner.SendAsync(buffer, messageType, endOfMessage, cancellationToken);

    public override Task SendAsync(ArraySegment<byte> buffer, WebSocketMessageType messageType, bool endOfMessage, CancellationToken cancellationToken) =>
        inner.SendAsync(buffer, messageType, endOfMessage, cancellationToken);

    private sealed class Feature(IHttpWebSocketFeature inner) : IHttpWebSocketFeature
    {
        public bool IsWebSocketRequest => inner.IsWebSocketRequest;

        public async Task<WebSocket> AcceptAsync(WebSocketAcceptContext context) => new BinaryWebSocket(await inner.AcceptAsync(context));
    }
}
