using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using EdgeOperator.Functions.App;
using EdgeOperator.Functions.Invoking;
using EdgeOperator.Functions.Loading;
using EdgeOperator.Functions.Workers.Forwarding;
using EdgeOperator.Functions.Workers.Processes;
using EdgeOperator.Functions.Workers.Rpc.Messages;
using Google.Protobuf.WellKnownTypes;
using Microsoft.AspNetCore.Http;

namespace EdgeOperator.Functions.Workers.Rpc;

/// <summary>A worker that speaks the language worker protocol.</summary>
internal sealed class RpcWorker : IWorker
{
    /// <summary>From the process's start to its StartStream.</summary>
    private static readonly TimeSpan DialTimeout = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan MetadataTimeout = TimeSpan.FromMinutes(1);

    private readonly FunctionApp _app;
    private readonly string _temporaryFolder;
    private readonly TimeProvider _time;
    private readonly string _id = Guid.NewGuid().ToString();
    private readonly RpcLogs _logs;
    private readonly EventStreamServer _server;
    private readonly RpcSession _session;
    private readonly TaskCompletionSource<string> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Dictionary<string, string> _ids = new(StringComparer.OrdinalIgnoreCase);
    private RpcCapabilities _capabilities = new();
    private WorkerProcess? _process;
    private HttpProxy? _proxy;

    public RpcWorker(FunctionApp app, EventStreamServer server, string temporaryFolder, IInvocationLog log, TimeProvider time)
    {
        (_app, _server, _temporaryFolder, _time) = (app, server, temporaryFolder, time);
        _logs = new(log, time);
        _session = new(_id, _logs.Take);
    }

    public int ProcessId => _process?.Id ?? 0;

    public Task<string> Ended => _ended.Task;

    public async Task<ImmutableArray<FunctionDefinition>?> StartAsync(CancellationToken cancellation)
    {
        var config = WorkerConfig.Find(_app);
        var port = await _server.AcceptAsync(_session, cancellation);
        _process = await WorkerProcess.StartAsync(RpcCommand.Of(_app, config, _id, port, _temporaryFolder), _logs.TakeLine);
        _ = ReportExitAsync(_process);
        await Within(DialTimeout, _session.Started, $"{config.Language}'s worker has not called within {DialTimeout.TotalSeconds:0} seconds", cancellation);
        await InitializeAsync(config, cancellation);
        var functions = config.Indexes ? await IndexAsync(cancellation) : null;
        if (_proxy is not null)
        {
            await ListensAsync(_proxy, config.InitializationTimeout, cancellation);
        }

        return functions ?? FunctionsMetadata.Read(_app);
    }

    public async Task<ImmutableArray<FunctionProblem>> LoadAsync(ImmutableArray<FunctionDefinition> functions, CancellationToken cancellation)
    {
        var requests = functions.Select(Describe).ToArray();
        if (requests.Length == 0)
        {
            return [];
        }

        var answers = (await _session.LoadAsync(requests, _capabilities.SupportsLoadResponseCollection, cancellation)).ToDictionary(a => a.FunctionId);
        return
        [
            .. requests.Where(r => !(answers.TryGetValue(r.FunctionId, out var answer) && Succeeded(answer.Result)))
                .Select(r => new FunctionProblem(r.Metadata.Name, Words(answers.GetValueOrDefault(r.FunctionId)?.Result))),
        ];
    }

    public async Task<InvocationResult> InvokeAsync(Invocation invocation, CancellationToken cancellation)
    {
        var request = RpcInvocations.From(invocation, Id(invocation.Function), _capabilities);
        await using var gone = invocation.CallerGone.UnsafeRegister(_ => Cancel(request.InvocationId), null);
        return RpcInvocations.To(await CallAsync(request, invocation.Function, cancellation));
    }

    /// <summary>Every request where the worker takes them by HTTP: it waits for the request and the invocation alike.</summary>
    public bool Forwards(FunctionDefinition function) => _proxy is not null && function.IsHttp;

    public Task<InvocationResult> ForwardAsync(HttpContext context, FunctionDefinition function, string invocationId, CancellationToken cancellation)
    {
        var request = RpcInvocations.ForProxy(context, function, Id(function), invocationId, _capabilities);
        return ForwardedInvocation.RunAsync(
            context,
            invocationId,
            async ended => RpcInvocations.To(await CallAsync(request, function, ended)),
            (succeeds, ended) => _proxy!.ForwardAsync(context, invocationId, succeeds, ended),
            _time,
            cancellation);
    }

    public async Task StopAsync(TimeSpan grace)
    {
        if (_process is null)
        {
            return;
        }

        if (!_capabilities.HandlesWorkerTerminateMessage)
        {
            await _process.StopAsync(grace, _time);
            return;
        }

        _session.TrySend(new() { WorkerTerminate = new() { GracePeriod = Duration.FromTimeSpan(grace) } });
        await Task.WhenAny(_process.Ended, Task.Delay(grace, _time));
        await _process.StopAsync(TimeSpan.Zero, _time);
    }

    public async ValueTask DisposeAsync()
    {
        _session.End("the host stops the worker");
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }

        _server.Forget(_session);
        _proxy?.Dispose();
    }

    private async Task InitializeAsync(WorkerConfig config, CancellationToken cancellation)
    {
        var request = new WorkerInitRequest { HostVersion = RpcCommand.HostVersion, WorkerDirectory = config.Folder, FunctionAppDirectory = _app.Folder };
        foreach (var capability in (string[])["V2Compatable", "TypedDataCollection"])
        {
            request.Capabilities[capability] = "true";
        }

        var asking = _session.InitializeAsync(request, cancellation);
        await Within(config.InitializationTimeout, asking, $"{config.Language}'s worker has not come up within {config.InitializationTimeout.TotalSeconds:0} seconds", cancellation);
        var answer = await asking;
        if (!Succeeded(answer.Result))
        {
            throw new AppException($"The app {_app.Name} can't be loaded: {Words(answer.Result)}");
        }

        _capabilities = RpcCapabilities.Read(answer.Capabilities);
        _proxy = _capabilities.HttpUri is { } uri ? new(uri, Ended, _time) : null;
    }

    private async Task ListensAsync(HttpProxy proxy, TimeSpan limit, CancellationToken cancellation)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        try
        {
            await Within(limit, proxy.ListensAsync(end.Token), $"The worker does not listen at {_capabilities.HttpUri}, which it announced, within {limit.TotalSeconds:0} seconds", cancellation);
        }
        finally
        {
            await end.CancelAsync();
        }
    }

    private async Task<ImmutableArray<FunctionDefinition>?> IndexAsync(CancellationToken cancellation)
    {
        var asking = _session.IndexAsync(new() { FunctionAppDirectory = _app.Folder }, cancellation);
        await Within(MetadataTimeout, asking, $"The worker has not reported its functions within {MetadataTimeout.TotalSeconds:0} seconds", cancellation);
        var answer = await asking;
        if (!Succeeded(answer.Result))
        {
            throw new AppException($"The app {_app.Name} can't be loaded: {Words(answer.Result)}");
        }

        if (answer.UseDefaultMetadataIndexing)
        {
            return null;
        }

        foreach (var function in answer.FunctionMetadataResults.Where(f => f.FunctionId.Length > 0))
        {
            _ids[function.Name] = function.FunctionId;
        }

        return [.. answer.FunctionMetadataResults.Select(Read)];
    }

    private FunctionDefinition Read(RpcFunctionMetadata function)
    {
        try
        {
            var bindings = function.RawBindings.Select(b => JsonNode.Parse(b) as JsonObject ?? throw new JsonException("a binding is no object"));
            var read = AnnouncedFunction.Read(_app, function.Name, bindings, Retry(function.RetryOptions));
            return read with
            {
                ScriptFile = function.ScriptFile.Length > 0 ? function.ScriptFile : null,
                EntryPoint = function.EntryPoint.Length > 0 ? function.EntryPoint : null,
                Folder = function.Directory.Length > 0 ? function.Directory : _app.Folder,
            };
        }
        catch (JsonException e)
        {
            throw new AppException($"The worker's description of the function {function.Name} can't be read: {e.Message}", e);
        }
    }

    private static RetryPolicy? Retry(RpcRetryOptions? options) => options switch
    {
        null => null,
        { RetryStrategy: RpcRetryOptions.Types.RetryStrategy.FixedDelay } => new(options.MaxRetryCount, Time(options.DelayInterval), null),
        _ => new(options.MaxRetryCount, Time(options.MinimumInterval), Time(options.MaximumInterval)),
    };

    private static TimeSpan Time(Duration? duration) => duration?.ToTimeSpan() ?? TimeSpan.Zero;

    private FunctionLoadRequest Describe(FunctionDefinition function)
    {
        var metadata = new RpcFunctionMetadata
        {
            Name = function.Name,
            FunctionId = Id(function),
            Directory = function.Folder,
            ScriptFile = function.ScriptFile ?? "",
            EntryPoint = function.EntryPoint ?? "",
            Language = _app.Worker,
        };
        foreach (var binding in function.Bindings)
        {
            metadata.Bindings[binding.Name] = RpcInvocations.Describe(binding);
            metadata.RawBindings.Add(binding.Properties.ToJsonString());
        }

        return new() { FunctionId = metadata.FunctionId, Metadata = metadata };
    }

    /// <summary>The worker's own id, where it has sent one.</summary>
    private string Id(FunctionDefinition function)
    {
        lock (_ids)
        {
            return _ids.TryGetValue(function.Name, out var id) ? id : _ids[function.Name] = Guid.NewGuid().ToString();
        }
    }

    private async Task<InvocationResponse> CallAsync(InvocationRequest request, FunctionDefinition function, CancellationToken cancellation)
    {
        // Its log lines are the function's until it has ended, also where nobody waits for that any more.
        var running = _logs.Begin(request.InvocationId, function.Name);
        var answer = _session.InvokeAsync(request, CancellationToken.None);
        _ = answer.ContinueWith(_ => running.Dispose(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        try
        {
            return await answer.WaitAsync(cancellation);
        }
        catch (OperationCanceledException)
        {
            Cancel(request.InvocationId);
            throw;
        }
        catch (WorkerLostException lost)
        {
            throw new WorkerLostException(await ExitReasonAsync(), lost) { Reached = lost.Reached, IsGone = lost.IsGone };
        }
    }

    private void Cancel(string invocationId)
    {
        if (_capabilities.HandlesInvocationCancelMessage)
        {
            _session.TrySend(new() { InvocationCancel = new() { InvocationId = invocationId } });
        }
    }

    private async Task Within(TimeSpan limit, Task task, string words, CancellationToken cancellation)
    {
        try
        {
            if (await Task.WhenAny(task, Ended).WaitAsync(limit, _time, cancellation) != task || task is { IsFaulted: true, Exception.InnerException: WorkerLostException })
            {
                throw new AppException($"The app {_app.Name} can't be loaded: {await ExitReasonAsync()}");
            }
        }
        catch (TimeoutException)
        {
            throw new AppException(_process!.LastErrorLine is { Length: > 0 } last ? $"{words}. It printed:\n{last}" : $"{words}.");
        }
    }

    // A stream ends a moment before its process, and the process knows more.
    private async Task<string> ExitReasonAsync()
    {
        await Task.WhenAny(Ended, Task.Delay(TimeSpan.FromSeconds(1), _time));
        return Ended.IsCompleted ? await Ended : "the worker ended its stream";
    }

    private async Task ReportExitAsync(WorkerProcess process)
    {
        var why = $"the {_app.Worker} worker {await process.Ended}";
        _session.End(why);
        _ended.TrySetResult(why);
    }

    private static bool Succeeded(StatusResult? result) => result?.Status == StatusResult.Types.Status.Success;

    internal static string Words(StatusResult? result) => result switch
    {
        null => "the worker did not answer",
        { Exception: { Message.Length: > 0 } exception } => exception.StackTrace.Length > 0 ? $"{exception.Message}\n{exception.StackTrace}" : exception.Message,
        { Result.Length: > 0 } => result.Result,
        { Status: StatusResult.Types.Status.Cancelled } => "the worker cancelled it",
        _ => "the worker failed without giving a reason",
    };
}
