using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using EdgeOperator.Core.Protocol.Hub;

namespace EdgeOperator.Hub.Remote;

/// <summary>An open connection into a device, with a limit on time and bytes. What goes over it is the operator's and the agent's affair.</summary>
internal sealed class RemoteChannel : IAsyncDisposable
{
    /// <summary>In one direction.</summary>
    private const long MostBytes = 4L * 1024 * 1024 * 1024;

    private const int BufferSize = 32 * 1024;

    private readonly WebSocket _device;
    private readonly CancellationTokenSource _ended;
    private readonly Func<RemoteChannel, Task> _close;
    private long _received;
    private long _sent;

    public RemoteChannel(WebSocket device, TimeSpan life, TimeProvider time, CancellationTokenSource ended, Func<RemoteChannel, Task> close)
    {
        (_device, _ended, _close, OpenedAt) = (device, ended, close, time.GetTimestamp());
        _ended.CancelAfter(life);
    }

    public long OpenedAt { get; }

    /// <summary>Bytes from the device.</summary>
    public long Received => Volatile.Read(ref _received);

    /// <summary>Bytes to the device.</summary>
    public long Sent => Volatile.Read(ref _sent);

    /// <summary>Writes what the device sends, until it has sent all.</summary>
    /// <param name="begin">Is called before the first byte.</param>
    /// <returns>Why the device has nothing to send; null when it had.</returns>
    public async Task<JsonNode?> CopyToAsync(Stream output, Func<Task> begin)
    {
        var buffer = new byte[BufferSize];
        var hasBegun = false;
        try
        {
            while (await _device.ReceiveAsync(buffer, _ended.Token) is { MessageType: not WebSocketMessageType.Close } part)
            {
                if (part.MessageType == WebSocketMessageType.Text)
                    return hasBegun ? null : Parse(buffer.AsSpan(0, part.Count));
                if (!hasBegun)
                    await begin();
                hasBegun = true;
                Count(ref _received, part.Count);
                await output.WriteAsync(buffer.AsMemory(0, part.Count), _ended.Token);
                await output.FlushAsync(_ended.Token);
            }
        }
        catch (WebSocketException)
        {
            // The device has gone.
        }

        if (!hasBegun)
            await begin();
        return null;
    }

    /// <summary>Joins the device's connection with the operator's, until one of them ends.</summary>
    public async Task JoinAsync(WebSocket client)
    {
        var directions = new[] { PumpAsync(client, _device, isToDevice: true), PumpAsync(_device, client, isToDevice: false) };
        await Task.WhenAny(directions);

        // Who is left hears of the end, and may still say something: a command's exit code follows the last output.
        using var rest = new CancellationTokenSource(TimeSpan.FromSeconds(5), TimeProvider.System);
        await Task.WhenAll(directions).WaitAsync(rest.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _ended.CancelAsync();
        await Task.WhenAll(directions).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        await CloseAsync(_device, WebSocketCloseStatus.NormalClosure);
        _ended.Dispose();
        await _close(this);
    }

    private async Task PumpAsync(WebSocket from, WebSocket to, bool isToDevice)
    {
        var buffer = new byte[BufferSize];
        try
        {
            while (await from.ReceiveAsync(buffer, _ended.Token) is { MessageType: not WebSocketMessageType.Close } part)
            {
                Count(ref isToDevice ? ref _sent : ref _received, part.Count);
                await to.SendAsync(buffer.AsMemory(0, part.Count), part.MessageType, part.EndOfMessage, _ended.Token);
            }

            await CloseAsync(to, WebSocketCloseStatus.NormalClosure);
        }
        catch (Exception e) when (e is WebSocketException or InvalidDataException)
        {
            await CloseAsync(to, WebSocketCloseStatus.EndpointUnavailable);
        }
    }

    private static void Count(ref long bytes, int more)
    {
        if (Interlocked.Add(ref bytes, more) > MostBytes)
            throw new InvalidDataException($"more than {MostBytes} bytes went over the channel");
    }

    private static async Task CloseAsync(WebSocket socket, WebSocketCloseStatus status)
    {
        if (socket.State is not (WebSocketState.Open or WebSocketState.CloseReceived))
            return;
        try
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(5), TimeProvider.System);
            await socket.CloseOutputAsync(status, null, limit.Token);
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException)
        {
            // It has gone.
        }
    }

    private static JsonNode Parse(ReadOnlySpan<byte> problem)
    {
        try
        {
            return StrictJson.Parse(problem) ?? new JsonObject();
        }
        catch (JsonException)
        {
            return new JsonObject();
        }
    }
}
