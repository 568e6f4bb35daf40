using System.Collections.Immutable;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using EdgeOperator.Functions.App;
using EdgeOperator.Functions.Invoking;
using EdgeOperator.Functions.Workers.Forwarding;
using EdgeOperator.Functions.Workers.Processes;
using Microsoft.AspNetCore.Http;

namespace EdgeOperator.Functions.Workers.CustomHandler;

/// <summary>
/// A program that answers HTTP on a loopback port that an environment variable names: the cloud's custom handlers. It may listen on a Unix socket
/// instead, which no other user can reach.
/// </summary>
internal sealed class CustomHandlerWorker(
    FunctionApp app, CustomHandlerSettings settings, string temporary, string hostVersion, IInvocationLog log, TimeProvider time) : IWorker
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ProbePause = TimeSpan.FromMilliseconds(25);

    private readonly TaskCompletionSource<string> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private WorkerProcess? _process;
    private string? _socket;
    private WorkerClient? _client;
    private HttpForwarder? _forwarder;

    public int ProcessId => _process?.Id ?? 0;

    public Task<string> Ended => _ended.Task;

    public async Task<ImmutableArray<FunctionDefinition>?> StartAsync(CancellationToken cancellation)
    {
        var port = FreePort();
        _socket = OperatingSystem.IsWindows() ? null : SocketPath.In(temporary, "handler");
        var variables = HandlerVariables.Of(app, port, _socket).ToImmutableSortedDictionary(StringComparer.OrdinalIgnoreCase);
        _process = await WorkerProcess.StartAsync(
            new()
            {
                Executable = Expand(settings.Executable),
                Arguments = [.. settings.Arguments.Select(Expand)],
                WorkingDirectory = settings.WorkingDirectory,
                Environment = WorkerEnvironment.Of(app, temporary, variables),
            },
            (level, line) => log.Write(new(time.GetUtcNow(), level, "Host.Function.Console", null, null, line)));
        _ = ReportExitAsync(_process);
        _client = await AwaitReadyAsync(_process, port, cancellation);
        _forwarder = new(_client);
        return null;

        string Expand(string text) => SettingNames.Resolve(text, variables, name => $"%{name}%");
    }

    // What functions there are, a handler knows by itself.
    public Task<ImmutableArray<FunctionProblem>> LoadAsync(ImmutableArray<FunctionDefinition> functions, CancellationToken cancellation) =>
        Task.FromResult(ImmutableArray<FunctionProblem>.Empty);

    public async Task<InvocationResult> InvokeAsync(Invocation invocation, CancellationToken cancellation)
    {
        using var request = _client!.Request(HttpMethod.Post, "/" + invocation.Function.Name);
        request.Headers.TryAddWithoutValidation("X-Azure-Functions-InvocationId", invocation.Id);
        request.Headers.TryAddWithoutValidation("X-Azure-Functions-HostVersion", hostVersion);
        request.Headers.TryAddWithoutValidation("User-Agent", $"Azure-Functions-Host/{hostVersion}");
        request.Headers.TryAddWithoutValidation("traceparent", invocation.TraceParent);
        if (invocation.TraceState is { } state)
        {
            request.Headers.TryAddWithoutValidation("tracestate", state);
        }

        request.Content = HandlerRequest.Of(invocation, time.GetUtcNow());
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json", "utf-8");
        try
        {
            using var response = await _client.SendAsync(request, cancellation);
            var body = await response.Content.ReadAsByteArrayAsync(cancellation);
            return HandlerAnswer.Read((int)response.StatusCode, response.Content.Headers.ContentType?.MediaType, body, invocation.Function);
        }
        catch (HttpRequestException e)
        {
            throw await ExplainAsync(new("the handler hung up in the middle of its answer", e));
        }
        catch (WorkerLostException e)
        {
            throw await ExplainAsync(e);
        }
    }

    public bool Forwards(FunctionDefinition function) =>
        settings.ForwardsHttp && function.IsHttp
        && function.Bindings.All(b => b.IsTrigger || b.Type.Equals("http", StringComparison.OrdinalIgnoreCase));

    public async Task<InvocationResult> ForwardAsync(HttpContext context, FunctionDefinition function, string invocationId, CancellationToken cancellation)
    {
        try
        {
            var passed = await _forwarder!.ForwardAsync(context, HeadersFor(context.Request, invocationId), cancellation);
            return InvocationResult.OfAnswer(passed, context.Response.StatusCode);
        }
        catch (WorkerLostException e)
        {
            throw await ExplainAsync(e);
        }
    }

    private KeyValuePair<string, string>[] HeadersFor(HttpRequest request, string invocationId)
    {
        KeyValuePair<string, string>[] always = [new("X-Azure-Functions-InvocationId", invocationId), new("X-Azure-Functions-HostVersion", hostVersion)];
        return string.IsNullOrEmpty(request.Headers.TraceParent) ? [.. always, new("traceparent", TraceContext.New())] : always;
    }

    public Task StopAsync(TimeSpan grace) => _process?.StopAsync(grace, time) ?? Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }

        _client?.Dispose();
        if (_socket is not null)
        {
            File.Delete(_socket);
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    // Any answer at all will do, as in the cloud: only a refused connection is tried again.
    private async Task<WorkerClient> AwaitReadyAsync(WorkerProcess process, int port, CancellationToken cancellation)
    {
        const string Where = "on its port (FUNCTIONS_CUSTOMHANDLER_PORT)";
        string? foreign = null;
        using var deadline = new CancellationTokenSource(StartTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, deadline.Token);
        try
        {
            while (true)
            {
                foreach (var endpoint in EndPoints(port))
                {
                    var client = new WorkerClient(endpoint);
                    if (await ProbeAsync(client, either.Token) is not { } lost)
                    {
                        return client;
                    }

                    client.Dispose();
                    foreign = lost.IsForeign ? lost.Message : foreign;
                }

                if (process.Ended.IsCompleted)
                {
                    throw new AppException($"The custom handler {await Ended} before it listened {Where}{Because(foreign)}. It printed:\n{process.LastErrorLine}");
                }

                await Task.Delay(ProbePause, time, either.Token);
            }
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            throw new AppException($"The custom handler does not listen {Where} after {StartTimeout.TotalSeconds:0} s{Because(foreign)}");
        }

        static string Because(string? foreign) => foreign is null ? "" : $": {foreign}";
    }

    private IEnumerable<EndPoint> EndPoints(int port)
    {
        if (File.Exists(_socket))
        {
            yield return new UnixDomainSocketEndPoint(_socket);
        }

        yield return new IPEndPoint(IPAddress.Loopback, port);
    }

    /// <returns>Null when the handler has answered, or taken the request at least.</returns>
    private static async Task<WorkerLostException?> ProbeAsync(WorkerClient client, CancellationToken cancellation)
    {
        try
        {
            using var request = client.Request(HttpMethod.Get, "/");
            using var response = await client.SendAsync(request, cancellation);
            return null;
        }
        catch (WorkerLostException e)
        {
            return e.Reached ? null : e;
        }
    }

    // A connection breaks a moment before it is known that, and why, the process has ended.
    private async Task<WorkerLostException> ExplainAsync(WorkerLostException lost)
    {
        await Task.WhenAny(Ended, Task.Delay(TimeSpan.FromMilliseconds(200), time));
        return Ended.IsCompletedSuccessfully ? new($"the custom handler {await Ended}", lost) { Reached = lost.Reached, IsGone = lost.IsGone } : lost;
    }

    private async Task ReportExitAsync(WorkerProcess process) => _ended.TrySetResult(await process.Ended);
}
