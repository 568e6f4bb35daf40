using EdgeOperator.Functions.App;
using Microsoft.AspNetCore.Http;

namespace EdgeOperator.Functions.Invoking;

/// <summary>
/// Runs functions: picks a worker, keeps the time limit, retries where the trigger honours that, writes the outputs that
/// are no HTTP answers, logs and counts. What triggers know of the rest of the host.
/// </summary>
public interface IInvoker
{
    /// <summary>A function that fails, hangs or loses its worker gives a failed result, not an exception.</summary>
    /// <exception cref="OperationCanceledException">Cancelled; whether the function ran is not known.</exception>
    Task<InvocationResult> InvokeAsync(Invocation invocation, CancellationToken cancellation);

    /// <summary>Whether a request for this function goes to a worker as it came: <see cref="ForwardAsync"/> then.</summary>
    bool Forwards(FunctionDefinition function);

    /// <summary>
    /// Sends a request on and the answer back. A lost worker or a hung function is answered here, without a body, as in the
    /// cloud: 500, or 503 when no worker is ready.
    /// </summary>
    /// <exception cref="OperationCanceledException">The client has gone, or <paramref name="cancellation"/>.</exception>
    /// <exception cref="BadHttpRequestException">The request's body is at fault; its status says how.</exception>
    Task ForwardAsync(HttpContext context, FunctionDefinition function, string invocationId, CancellationToken cancellation);
}
