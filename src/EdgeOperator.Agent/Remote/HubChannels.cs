using System.Net.WebSockets;
using System.Text.Json;
using EdgeOperator.Agent.Drivers;
using EdgeOperator.Agent.LocalApi;
using EdgeOperator.Agent.Sources.Twin;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Core.Protocol.Hub;
using EdgeOperator.Git;
using Microsoft.Extensions.Logging;

namespace EdgeOperator.Agent.Remote;

/// <summary>Connections to a hub that it has asked for, each for one log, one command or one console. The device calls; nothing listens on it.</summary>
internal sealed partial class HubChannels(IAgentControl control, HostCommands host, ILogger<HubChannels> logger) : IAsyncDisposable
{
    private const int MostOpen = 8;

    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan LongestLife = TimeSpan.FromHours(8);
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _open = new(MostOpen);
    private readonly CancellationTokenSource _ended = new();

    /// <summary>Opens a channel, and returns before it is open.</summary>
    /// <exception cref="ControlException">Too many are open, or it is for something that the device does not allow.</exception>
    /// <exception cref="InvalidDataException">It is for nothing that the agent knows.</exception>
    public void Open(TwinSource twin, ChannelRequest request, ResourceId resource, Operator by)
    {
        Func<WebSocket, CancellationToken, Task> serve = request.Operation switch
        {
            ChannelRequest.Logs => (socket, c) => SendAsync(socket, (output, end) => control.CopyLogsAsync(resource, request.LogOptions ?? new(), output, end), c),
            ChannelRequest.Exec => (socket, c) => ServeAsync(socket, frames => ExecAsync(frames, resource, by, c), c),
            ChannelRequest.Console => (socket, c) => ServeAsync(socket, frames => AttachAsync(frames, resource, by, c), c),
            ChannelRequest.SupportBundle => (socket, c) => SendAsync(socket, (output, end) => control.CopySupportBundleAsync(output, by, end), c),
            _ => throw new InvalidDataException($"the operation \"{request.Operation}\" is not known"),
        };
        if (request.Operation == ChannelRequest.Exec)
            host.CheckAllowed(resource);
        if (!_open.Wait(0, CancellationToken.None))
            throw new ControlException("TooManyChannels", $"{MostOpen} channels into the device are open already: end one of them first");
        if (request.Operation == ChannelRequest.Logs)
            control.Note("LogsRequested", $"the log of {resource} was read", by);
        _ = Task.Run(() => RunAsync(twin, request.Path, serve), CancellationToken.None);
    }

    /// <summary>Ends all channels.</summary>
    public async ValueTask DisposeAsync() => await _ended.CancelAsync();

    private async Task RunAsync(TwinSource twin, string path, Func<WebSocket, CancellationToken, Task> serve)
    {
        using var life = CancellationTokenSource.CreateLinkedTokenSource(_ended.Token);
        life.CancelAfter(LongestLife);
        try
        {
            using var connecting = CancellationTokenSource.CreateLinkedTokenSource(life.Token);
            connecting.CancelAfter(ConnectTimeout);
            using var socket = await twin.OpenSocketAsync(path, connecting.Token);
            await serve(socket, life.Token);
            await CloseAsync(socket);
        }
        catch (Exception e) when (e is WebSocketException or FetchException or IOException or OperationCanceledException)
        {
            Broken(logger, twin.Hub, e.Message);
        }
        finally
        {
            _open.Release();
        }
    }

    private static async Task SendAsync(WebSocket socket, Func<Stream, CancellationToken, Task> copy, CancellationToken cancellation)
    {
        // The hub says nothing: what it sends is that it has gone.
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var stream = new SocketStream(socket, cancellation);
        var watching = WatchAsync(stream, gone);
        try
        {
            await copy(stream, gone.Token);
        }
        catch (ControlException e)
        {
            var problem = JsonSerializer.SerializeToUtf8Bytes(new ProblemDocument("Conflict", 409, e.Reason, e.Message), ProtocolJson.Default.ProblemDocument);
            await socket.SendAsync(problem, WebSocketMessageType.Text, endOfMessage: true, cancellation);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            // Whoever read it has enough.
        }

        await CloseAsync(socket);
        await watching;
    }

    private static async Task WatchAsync(SocketStream stream, CancellationTokenSource gone)
    {
        await stream.ReceiveAsync();
        await gone.CancelAsync();
    }

    private Task ExecAsync(ExecFrames frames, ResourceId resource, Operator by, CancellationToken cancellation) => ExecSession.RunAsync(
        frames,
        (request, client) => HostCommands.Runs(resource) ? host.ExecAsync(resource, request, client, by, cancellation) : control.ExecAsync(resource, request, client, by, cancellation),
        cancellation);

    private Task AttachAsync(ExecFrames frames, ResourceId resource, Operator by, CancellationToken cancellation) => ExecSession.RunAsync(
        frames,
        async (_, client) =>
        {
            await host.AttachAsync(resource, client, by, cancellation);
            return 0;
        },
        cancellation,
        needsCommand: false);

    private static async Task ServeAsync(WebSocket socket, Func<ExecFrames, Task> serve, CancellationToken cancellation)
    {
        var stream = new SocketStream(socket, cancellation);
        var receiving = stream.ReceiveAsync();
        await serve(new(stream));
        await CloseAsync(socket);
        await receiving.WaitAsync(CloseTimeout, TimeProvider.System, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static async Task CloseAsync(WebSocket socket)
    {
        if (socket.State is not (WebSocketState.Open or WebSocketState.CloseReceived))
            return;
        using var limit = new CancellationTokenSource(CloseTimeout, TimeProvider.System);
        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, limit.Token);
    }
}
