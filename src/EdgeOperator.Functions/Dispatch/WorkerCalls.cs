using EdgeOperator.Functions.App;
using EdgeOperator.Functions.Metrics;
using EdgeOperator.Functions.Workers;
using EdgeOperator.Functions.Workers.Forwarding;
using EdgeOperator.Functions.Workers.Pool;
using Microsoft.AspNetCore.Http;

namespace EdgeOperator.Functions.Dispatch;

/// <summary>Gives calls to workers: another one where the first can't be reached, and an end to those that hang.</summary>
internal sealed class WorkerCalls(WorkerPool pool, FunctionMetrics metrics, TimeProvider time)
{
    private const int MostWorkers = 3;

    /// <param name="limit">The function's time; null for none.</param>
    /// <param name="client">How long the call has waited for its client, which is not the function's time; null without one.</param>
    /// <param name="given">Ends the call without any blame on the worker.</param>
    /// <exception cref="WorkerLostException">The worker was lost in the middle, or none was ready.</exception>
    /// <exception cref="OperationCanceledException">Either token, or the client's side of the call broke off: no fault of the worker's, which lives on.</exception>
    /// <exception cref="BadHttpRequestException">The client took the function's time: it did not send its body, or did not take the answer.</exception>
    /// <exception cref="TimeoutException">The function did not end in time: its worker is killed, as in the cloud.</exception>
    public async Task<T> RunAsync<T>(
        FunctionDefinition function,
        TimeSpan? limit,
        ClientTime? client,
        Func<IWorker, CancellationToken, Task<T>> call,
        CancellationToken given,
        CancellationToken alsoGiven)
    {
        // One that the time runs out of, and that the others end.
        using var ending = new CancellationTokenSource();
        using var first = given.UnsafeRegister(Cancel, ending);
        using var second = alsoGiven.UnsafeRegister(Cancel, ending);
        for (var tried = 1; ; tried++)
        {
            var worker = await pool.AcquireAsync(() => metrics.ColdStart(function.Name), ending.Token);
            using var timer = limit is { } most ? new FunctionTimer(most, client, ending, time) : null;
            try
            {
                return await call(worker.Worker, ending.Token);
            }
            catch (WorkerLostException e) when (!e.Reached && tried < MostWorkers)
            {
                if (e.IsGone)
                {
                    // It listens no more: nothing that it could be at is lost by its end.
                    worker.Kill();
                }
            }
            catch (OperationCanceledException) when (timer?.IsTimeout == false && !given.IsCancellationRequested && !alsoGiven.IsCancellationRequested)
            {
                throw new BadHttpRequestException($"the client was slower than {function.Name} may run ({limit:c})", StatusCodes.Status408RequestTimeout);
            }
            catch (OperationCanceledException) when (timer?.IsTimeout == true && !given.IsCancellationRequested && !alsoGiven.IsCancellationRequested)
            {
                worker.Kill();
                throw new TimeoutException($"{function.Name} did not end within {limit:c} (functionTimeout in host.json); its worker was killed");
            }
            finally
            {
                worker.Release();
            }
        }
    }

    private static void Cancel(object? ending) => ((CancellationTokenSource)ending!).Cancel();
}
