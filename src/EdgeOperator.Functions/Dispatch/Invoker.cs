using System.Diagnostics;
using EdgeOperator.Functions.App;
using EdgeOperator.Functions.Http;
using EdgeOperator.Functions.Invoking;
using EdgeOperator.Functions.Metrics;
using EdgeOperator.Functions.Workers;
using EdgeOperator.Functions.Workers.Forwarding;
using EdgeOperator.Functions.Workers.Pool;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace EdgeOperator.Functions.Dispatch;

/// <inheritdoc cref="IInvoker"/>
public sealed class Invoker : IInvoker
{
    private readonly WorkerPool _pool;
    private readonly InputReader _inputs;
    private readonly OutputWriter _outputs;
    private readonly IInvocationLog _log;
    private readonly FunctionMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly TimeSpan? _limit;
    private readonly WorkerCalls _calls;

    /// <param name="pool">Started.</param>
    public Invoker(
        WorkerPool pool, IReadOnlyList<IInput> inputs, IReadOnlyList<IOutput> outputs, IInvocationLog log, FunctionMetrics metrics, TimeProvider time)
    {
        (_pool, _log, _metrics, _time, _limit) = (pool, log, metrics, time, pool.App.Host.FunctionTimeout);
        _inputs = new(inputs, time);
        _outputs = new(outputs, time);
        _calls = new(pool, metrics, time);
    }

    public bool Forwards(FunctionDefinition function) => _pool.Forwards(function);

    public async Task<InvocationResult> InvokeAsync(Invocation invocation, CancellationToken cancellation)
    {
        invocation = invocation with { TraceParent = invocation.TraceParent ?? TraceContext.New() };
        var policy = Attempts.PolicyOf(invocation.Function);
        while (true)
        {
            var result = await AttemptAsync(invocation, cancellation);
            if (result.Succeeded || policy is null
                || Attempts.DelayAfter(policy, invocation.RetryCount, Random.Shared.NextDouble()) is not { } delay)
            {
                return result;
            }

            Say(LogLevel.Warning, invocation.Function, invocation.Id, $"Retry {invocation.RetryCount + 1} follows in {delay.TotalSeconds:0.#} s");
            await Task.Delay(delay, _time, cancellation);
            invocation = invocation with { RetryCount = invocation.RetryCount + 1 };
        }
    }

    public async Task ForwardAsync(HttpContext context, FunctionDefinition function, string invocationId, CancellationToken cancellation)
    {
        var started = Stopwatch.GetTimestamp();
        _metrics.Began(function.Name);
        string? error = "it was given up";
        var outcome = "Succeeded";
        try
        {
            var client = _limit is null ? null : new ClientTime(_time);
            context.Features.Set(client);
            if (InputReader.HasInputs(function))
            {
                context.Features.Set(new ExtraInputs(await _inputs.ReadAsync(RequestReader.Forwarded(context, function, invocationId), cancellation)));
            }

            var invocation = OutputWriter.HasOutputs(function) ? RequestReader.Forwarded(context, function, invocationId) : null;
            var outputs = invocation is null ? ResolvedOutputs.None : _outputs.Resolve(invocation);
            var result = await _calls.RunAsync(
                function, _limit, client, (worker, limit) => worker.ForwardAsync(context, function, invocationId, limit), context.RequestAborted, cancellation);
            error = result.Error;
            if (result.Succeeded && invocation is not null)
            {
                await OutputWriter.WriteAsync(outputs, invocation, result, cancellation);
            }
        }
        catch (Exception e) when (e is IOException or FormatException && e is not BadHttpRequestException)
        {
            // An input was not read, or an output was not written; the client must not take the answer for the word that it was.
            error = e.Message;
            if (context.Response.HasStarted)
            {
                context.Abort();
            }
            else
            {
                context.Response.StatusCode = StatusCodes.Status500InternalServerError;
            }
        }
        catch (WorkerLostException e)
        {
            error = e.Message;
            if (!context.Response.HasStarted)
            {
                // As the cloud's host: no gateway that its function would be behind, but a function that failed.
                context.Response.StatusCode = e.Reached ? StatusCodes.Status500InternalServerError : StatusCodes.Status503ServiceUnavailable;
            }
        }
        catch (TimeoutException e)
        {
            error = e.Message;
            if (!context.Response.HasStarted)
            {
                context.Response.StatusCode = StatusCodes.Status500InternalServerError;
            }
        }
        catch (BadHttpRequestException e)
        {
            // No fault of the function's.
            (error, outcome) = (null, $"the client's request is invalid: {e.Message}");
            throw;
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested || !cancellation.IsCancellationRequested)
        {
            (error, outcome) = (null, "the client hung up");
            throw;
        }
        finally
        {
            Finish(function, invocationId, started, error, outcome);
        }
    }

    private async Task<InvocationResult> AttemptAsync(Invocation invocation, CancellationToken cancellation)
    {
        var started = Stopwatch.GetTimestamp();
        _metrics.Began(invocation.Function.Name);
        var result = InvocationResult.Failed("it was given up");
        try
        {
            if (InputReader.HasInputs(invocation.Function))
            {
                invocation = invocation with { Inputs = invocation.Inputs.AddRange(await _inputs.ReadAsync(invocation, cancellation)) };
            }

            var outputs = _outputs.Resolve(invocation);
            result = await _calls.RunAsync(
                invocation.Function, _limit, client: null, (worker, limit) => worker.InvokeAsync(invocation, limit), CancellationToken.None, cancellation);

            // Outputs may block; sockets have to be served meanwhile.
            await Task.Yield();
            foreach (var line in result.Logs)
            {
                _log.Write(new(_time.GetUtcNow(), line.Level, $"Function.{invocation.Function.Name}.User", invocation.Function.Name, invocation.Id, line.Message));
            }

            if (result.Succeeded)
            {
                await OutputWriter.WriteAsync(outputs, invocation, result, cancellation);
            }
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            result = InvocationResult.Failed(e.Message) with { Logs = result.Logs };
        }
        finally
        {
            Finish(invocation.Function, invocation.Id, started, result.Error);
        }

        return result;
    }

    private void Finish(FunctionDefinition function, string id, long started, string? error, string success = "Succeeded")
    {
        var duration = Stopwatch.GetElapsedTime(started);
        _metrics.Ended(function.Name, duration, error);
        Say(
            error is null ? LogLevel.Information : LogLevel.Error,
            function,
            id,
            error is null ? $"Executed ({success}, {duration.TotalMilliseconds:0.#} ms)" : $"Executed (Failed, {duration.TotalMilliseconds:0.#} ms): {error}");
    }

    private void Say(LogLevel level, FunctionDefinition function, string id, string message) =>
        _log.Write(new(_time.GetUtcNow(), level, "Function." + function.Name, function.Name, id, message));
}
