using System.Collections.Immutable;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text.Json;
using EdgeOperator.Functions.App;
using EdgeOperator.Functions.Http;
using EdgeOperator.Functions.Invoking;
using EdgeOperator.Functions.Workers.Forwarding;
using EdgeOperator.Functions.Workers.Processes;
using Microsoft.AspNetCore.Http;

namespace EdgeOperator.Functions.Workers.Node;

/// <summary>A Node.js process with an app of the v4 model in it; those of the v3 model too, if they bring their library.</summary>
internal sealed class NodeWorker : IWorker
{
    /// <summary>How long an app may take to load, as in the cloud.</summary>
    private static readonly TimeSpan StartTimeout = TimeSpan.FromMinutes(2);

    private readonly FunctionApp _app;
    private readonly NodeWorkerPaths _place;
    private readonly TimeProvider _time;
    private readonly NodeOutput _output;
    private readonly TaskCompletionSource<string> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly string _secret = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
    private readonly WorkerClient _control;
    private readonly WorkerClient _requests;
    private readonly HttpForwarder _forwarder;
    private WorkerProcess? _process;

    // Whether the app takes requests and writes answers itself (enableHttpStream).
    private bool _streams;

    public NodeWorker(FunctionApp app, NodeWorkerPaths place, IInvocationLog log, TimeProvider time)
    {
        (_app, _place, _time) = (app, place, time);
        _output = new(log, time);
        _control = new(new UnixDomainSocketEndPoint(place.ControlSocket));
        _requests = new(new UnixDomainSocketEndPoint(place.RequestSocket));
        _forwarder = new(_requests);
    }

    public int ProcessId => _process?.Id ?? 0;

    public Task<string> Ended => _ended.Task;

    public async Task<ImmutableArray<FunctionDefinition>?> StartAsync(CancellationToken cancellation)
    {
        DeleteSockets();
        var settings = new ProcessSettings
        {
            Executable = NodeExecutable.Find(_app),
            Arguments = [.. NodeExecutable.Arguments(_app), _place.Script],
            WorkingDirectory = _app.Folder,
            Environment = WorkerEnvironment.Of(
                _app,
                _place.TemporaryFolder,
                new("EDGEOP_REQUESTS", _place.RequestSocket),
                new("EDGEOP_CONTROL", _place.ControlSocket),
                new("EDGEOP_SECRET", _secret),
                new("FUNCTIONS_WORKER_RUNTIME", "node")),
        };
        _process = await WorkerProcess.StartAsync(settings, _output.TakeLine);
        _ = ReportExitAsync(_process);
        var ready = await ReadyAsync(cancellation);
        _streams = ready.Streams;
        return ready.Functions is { } functions ? [.. functions.Select(Read)] : null;
    }

    public async Task<ImmutableArray<FunctionProblem>> LoadAsync(ImmutableArray<FunctionDefinition> functions, CancellationToken cancellation)
    {
        var scripts = functions.Where(f => f.ScriptFile is not null).Select(f => new NodeScriptFile(
            f.Name, f.ScriptFile!, f.EntryPoint, f.Bindings.ToImmutableSortedDictionary(b => b.Name, b => b.Properties))).ToImmutableArray();
        if (scripts.IsEmpty)
        {
            return [];
        }

        var answer = await PostAsync("/load", JsonSerializer.SerializeToUtf8Bytes(scripts, NodeJson.Default.ImmutableArrayNodeScriptFile), cancellation);
        var problems = JsonSerializer.Deserialize(answer, NodeJson.Default.DictionaryStringString)!;
        return [.. problems.Select(p => new FunctionProblem(p.Key, p.Value))];
    }

    public async Task<InvocationResult> InvokeAsync(Invocation invocation, CancellationToken cancellation)
    {
        var call = new NodeCall
        {
            Id = invocation.Id,
            Function = invocation.Function.Name,
            Inputs = [.. invocation.Arguments.Select(i => new NodeInput(i.Key, NodeValues.From(i.Value)))],
            Metadata = invocation.Metadata.ToImmutableSortedDictionary(m => m.Key, m => NodeValues.From(m.Value)),
            TraceParent = invocation.TraceParent,
            TraceState = invocation.TraceState,
            RetryCount = invocation.Function.Retry is null ? null : invocation.RetryCount,
            MaxRetryCount = invocation.Function.Retry?.MaximumRetries,
        };
        return await CallAsync(call, cancellation);
    }

    /// <summary>All where the app takes requests itself; else those without further bindings, because the host reads and writes these.</summary>
    public bool Forwards(FunctionDefinition function) => function.IsHttp && (_streams || IsPlain(function));

    public async Task<InvocationResult> ForwardAsync(HttpContext context, FunctionDefinition function, string invocationId, CancellationToken cancellation)
    {
        var headers = HeadersFor(context.Request, function, invocationId);
        if (!IsPlain(function))
        {
            return await ForwardedInvocation.RunAsync(
                context,
                invocationId,
                ended => InvokeForwardedAsync(context, function, invocationId, ended),
                (succeeds, ended) => ForwardAsync(
                    context, [.. headers, new("x-edgeop-invoked", "1")], (answer, cancelled) => DeferredResponse.HoldAsync(answer, succeeds, cancelled), ended),
                _time,
                cancellation);
        }

        return InvocationResult.OfAnswer(await ForwardAsync(context, headers, null, cancellation), context.Response.StatusCode);
    }

    private static bool IsPlain(FunctionDefinition function) =>
        function.Bindings.All(b => b.IsTrigger || b.Type.Equals("http", StringComparison.OrdinalIgnoreCase));

    private KeyValuePair<string, string>[] HeadersFor(HttpRequest request, FunctionDefinition function, string invocationId) =>
    [
        new("x-edgeop-secret", _secret),
        new("x-edgeop-function", function.Name),
        new("x-edgeop-invocation", invocationId),
        .. string.IsNullOrEmpty(request.Headers.TraceParent) ? [new KeyValuePair<string, string>("traceparent", TraceContext.New())] : Array.Empty<KeyValuePair<string, string>>(),
        new("x-edgeop-params", request.RouteValues.Count == 0 ? "" : Uri.EscapeDataString(JsonSerializer.Serialize(
            request.RouteValues.ToDictionary(p => p.Key, p => p.Value?.ToString() ?? ""), NodeJson.Default.DictionaryStringString))),
    ];

    private async Task<bool> ForwardAsync(HttpContext context, KeyValuePair<string, string>[] headers, AnswerGate? gate, CancellationToken cancellation)
    {
        try
        {
            return await _forwarder.ForwardAsync(context, headers, cancellation, gate);
        }
        catch (WorkerLostException e)
        {
            throw await ExplainAsync(e);
        }
    }

    /// <summary>The call that goes with a request which the worker gets by HTTP; the worker joins them by the invocation's id.</summary>
    private async Task<InvocationResult> InvokeForwardedAsync(HttpContext context, FunctionDefinition function, string invocationId, CancellationToken cancellation)
    {
        var further = context.Features.Get<ExtraInputs>()?.Values ?? ExtraInputs.None;
        var call = new NodeCall
        {
            Id = invocationId,
            Function = function.Name,
            IsForwarded = true,
            Inputs = [.. further.Select(i => new NodeInput(i.Key, NodeValues.From(i.Value)))],
            Metadata = ImmutableSortedDictionary<string, NodeData>.Empty,
        };
        try
        {
            return await CallAsync(call, cancellation);
        }
        catch (WorkerLostException e) when (!e.Reached && RequestReader.HasBody(context))
        {
            // The worker may have had a part of the body, which can't be sent to another one.
            throw new WorkerLostException(e.Message, e) { IsGone = e.IsGone };
        }
    }

    private async Task<InvocationResult> CallAsync(NodeCall call, CancellationToken cancellation)
    {
        var answer = await PostAsync("/invoke", JsonSerializer.SerializeToUtf8Bytes(call, NodeJson.Default.NodeCall), cancellation);
        var result = JsonSerializer.Deserialize(answer, NodeJson.Default.NodeResult)!;
        return result.Error is { } error
            ? InvocationResult.Failed(error)
            : new(result.Outputs.ToImmutableSortedDictionary(o => o.Key, o => NodeValues.To(o.Value)), result.Value is { } value ? NodeValues.To(value) : null, null);
    }

    public async Task StopAsync(TimeSpan grace)
    {
        if (_process is not null)
        {
            await _process.StopAsync(grace, _time);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }

        _control.Dispose();
        _requests.Dispose();
        DeleteSockets();
    }

    private async Task<NodeRecord> ReadyAsync(CancellationToken cancellation)
    {
        try
        {
            await Task.WhenAny(_output.Ready, Ended).WaitAsync(StartTimeout, _time, cancellation);
        }
        catch (TimeoutException)
        {
            throw new AppException($"The app {_app.Name} is not loaded after {StartTimeout.TotalSeconds:0} seconds; does its code wait for something when it is imported?");
        }

        return _output.Ready.IsCompleted ? await _output.Ready : throw new AppException($"The app {_app.Name} can't be loaded: {await Ended}.");
    }

    private FunctionDefinition Read(NodeFunction function) => AnnouncedFunction.Read(_app, function.Name, function.Bindings, function.Retry switch
    {
        null => null,
        { Strategy: "exponentialBackoff" } retry => new(retry.MaxRetryCount, Seconds(retry.Minimum), Seconds(retry.Maximum)),
        var retry => new(retry.MaxRetryCount, Seconds(retry.Delay), null),
    });

    private void DeleteSockets()
    {
        File.Delete(_place.RequestSocket);
        File.Delete(_place.ControlSocket);
    }

    private static TimeSpan Seconds(double? seconds) => TimeSpan.FromSeconds(seconds ?? 0);

    private async Task<byte[]> PostAsync(string path, byte[] body, CancellationToken cancellation)
    {
        try
        {
            using var request = _control.Request(HttpMethod.Post, path);
            request.Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
            using var response = await _control.SendAsync(request, cancellation);
            var answer = await response.Content.ReadAsByteArrayAsync(cancellation);
            return response.IsSuccessStatusCode ? answer : throw new WorkerLostException($"the worker answered {(int)response.StatusCode}; its log says why");
        }
        catch (WorkerLostException e)
        {
            throw await ExplainAsync(e);
        }
        catch (HttpRequestException e)
        {
            throw await ExplainAsync(new("the worker hung up in the middle of its answer", e));
        }
    }

    // A connection breaks a moment before it is known that, and why, the process has ended.
    private async Task<WorkerLostException> ExplainAsync(WorkerLostException lost)
    {
        await Task.WhenAny(Ended, Task.Delay(TimeSpan.FromMilliseconds(500), _time));
        return Ended.IsCompletedSuccessfully ? new(await Ended, lost) { Reached = lost.Reached, IsGone = lost.IsGone } : lost;
    }

    private async Task ReportExitAsync(WorkerProcess process)
    {
        var end = NodeOutput.WithoutRecords(await process.Ended);
        _ended.TrySetResult($"node {(_output.LastErrorLine is { } words ? $"ended: {words}" : end)}");
    }
}
