using System.Diagnostics;

namespace EdgeOperator.Agent.Telemetry;

/// <summary>The agent's traces: an activity a pass, with an event a step. They cost nothing while nobody listens.</summary>
public static class Tracing
{
    public const string SourceName = "EdgeOperator";

    public static ActivitySource Source { get; } = new(SourceName);

    /// <summary>Runs a pass in an activity of its own.</summary>
    public static async Task<T> PassAsync<T>(Func<CancellationToken, Task<T>> pass, CancellationToken cancellation)
    {
        using var activity = Source.StartActivity("reconcile pass");
        try
        {
            return await pass(cancellation);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            activity?.SetStatus(ActivityStatusCode.Error, exception.Message);
            throw;
        }
    }
}
