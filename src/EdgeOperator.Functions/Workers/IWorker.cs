using System.Collections.Immutable;
using EdgeOperator.Functions.App;
using EdgeOperator.Functions.Invoking;
using Microsoft.AspNetCore.Http;

namespace EdgeOperator.Functions.Workers;

/// <summary>One process that runs an app's code.</summary>
public interface IWorker : IAsyncDisposable
{
    /// <summary>0 before the start.</summary>
    int ProcessId { get; }

    /// <summary>Completes with a few words of why when the process has ended, however it did.</summary>
    Task<string> Ended { get; }

    /// <summary>Starts the process and waits until it takes calls.</summary>
    /// <returns>The functions that the worker announces; null where function.json files say what there is.</returns>
    /// <exception cref="AppException">The app can't be loaded; the message has the worker's own words.</exception>
    Task<ImmutableArray<FunctionDefinition>?> StartAsync(CancellationToken cancellation);

    /// <summary>Loads functions; those that can't be loaded are reported, and the others run.</summary>
    Task<ImmutableArray<FunctionProblem>> LoadAsync(ImmutableArray<FunctionDefinition> functions, CancellationToken cancellation);

    /// <exception cref="WorkerLostException">The process ended before it answered.</exception>
    Task<InvocationResult> InvokeAsync(Invocation invocation, CancellationToken cancellation);

    /// <summary>Whether a request for this function goes to the worker as it came.</summary>
    bool Forwards(FunctionDefinition function);

    /// <summary>
    /// Sends the request on and the answer back, body streams included. Only where <see cref="Forwards"/> says so. The
    /// route's parameters are the request's <c>RouteValues</c>.
    /// </summary>
    /// <returns>Whether the function succeeded, with its outputs but for the answer itself.</returns>
    /// <exception cref="WorkerLostException">The worker could not be reached, or was lost before its answer began.</exception>
    Task<InvocationResult> ForwardAsync(HttpContext context, FunctionDefinition function, string invocationId, CancellationToken cancellation);

    /// <summary>Asks the process to end and gives it that long.</summary>
    Task StopAsync(TimeSpan grace);
}

/// <summary>A worker's process ended or broke its protocol in the middle of a call.</summary>
public sealed class WorkerLostException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>False if the call never got to the worker, so that another one may take it.</summary>
    public bool Reached { get; init; } = true;

    /// <summary>True if nothing listens where the worker should. One that only has no room for a further connection, or that the host has none left for, lives.</summary>
    public bool IsGone { get; init; }

    /// <summary>True if a process of another user listens where the worker should.</summary>
    public bool IsForeign { get; init; }
}

/// <summary>Makes workers of one kind for one app; starts nothing.</summary>
public interface IWorkerFactory
{
    /// <param name="number">From 0 in each generation; no two workers of a generation have the same.</param>
    IWorker Create(FunctionApp app, int number);
}
