using EdgeOperator.Functions.Invoking;
using Microsoft.AspNetCore.Http;

namespace EdgeOperator.Functions.Workers.Forwarding;

/// <summary>
/// A request that a worker gets by HTTP while the host invokes its function: the answer comes by the one, its outcome and
/// the further outputs by the other. Neither outlives the other.
/// </summary>
internal static class ForwardedInvocation
{
    /// <summary>How long a request may take to say whether the worker ever had it, once the invocation has lost its worker.</summary>
    private static readonly TimeSpan LostTimeout = TimeSpan.FromSeconds(1);

    /// <param name="invoke">Starts the invocation.</param>
    /// <param name="forward">Forwards the request; is given the invocation's outcome, which never fails. Whether the answer was passed on, as <see cref="HttpForwarder"/> says it.</param>
    /// <exception cref="WorkerLostException">One of the two was lost, and the worker with it.</exception>
    /// <exception cref="OperationCanceledException">Cancelled, or the client has gone.</exception>
    public static async Task<InvocationResult> RunAsync(
        HttpContext context,
        string invocationId,
        Func<CancellationToken, Task<InvocationResult>> invoke,
        Func<Task<bool>, CancellationToken, Task<bool>> forward,
        TimeProvider time,
        CancellationToken cancellation)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var invoking = invoke(end.Token);
        var forwarding = forward(SucceedsAsync(invoking), end.Token);
        var isPassedOn = false;
        try
        {
            await Task.WhenAny(invoking, forwarding);
            if (invoking.IsFaulted && !forwarding.IsCompleted)
            {
                await Task.WhenAny(forwarding, Task.Delay(LostTimeout, time, end.Token));
            }

            if (forwarding.IsCompleted || !await HasFailedAsync(invoking))
            {
                isPassedOn = await forwarding;
            }

            await invoking;
        }
        finally
        {
            // A function that has failed may never take its request.
            await end.CancelAsync();
            await Task.WhenAll(invoking, forwarding).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }

        return Result(context, await invoking, invocationId, isPassedOn);
    }

    private static InvocationResult Result(HttpContext context, InvocationResult result, string invocationId, bool isPassedOn)
    {
        if (!result.Succeeded && !context.Response.HasStarted)
        {
            // A function that failed has no answer of its own.
            context.Response.Clear();
            context.Response.StatusCode = StatusCodes.Status500InternalServerError;
            context.Response.Headers["x-ms-invocation-id"] = invocationId;
        }

        // An answer with a status of 500 or more is one all the same.
        return result.Succeeded && !isPassedOn && context.Response.StatusCode < StatusCodes.Status500InternalServerError
            ? InvocationResult.Failed("the answer broke off")
            : result;
    }

    /// <summary>Whether the worker said that the function failed.</summary>
    /// <exception cref="WorkerLostException">It did not say anything.</exception>
    private static async Task<bool> HasFailedAsync(Task<InvocationResult> invoking) => invoking.IsCompleted && !(await invoking).Succeeded;

    private static async Task<bool> SucceedsAsync(Task<InvocationResult> invoking)
    {
        try
        {
            return (await invoking).Succeeded;
        }
        catch (Exception e) when (e is WorkerLostException or OperationCanceledException)
        {
            return false;
        }
    }
}
