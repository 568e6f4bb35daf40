using EdgeOperator.Core.Protocol.Functions;
using EdgeOperator.Functions.App;
using EdgeOperator.Functions.Hosting.Logs;
using EdgeOperator.Functions.Hosting.Metrics;
using Microsoft.Extensions.Logging;

namespace EdgeOperator.Functions.Hosting;

/// <summary>The one place where workers, listeners and outputs are named.</summary>
internal sealed class Parts : IHostParts
{
    public static Task<IHostParts> ComposeAsync(
        HomeFolder home, AppLog log, FunctionMetrics metrics, TimeProvider time, ILoggerFactory loggers, CancellationToken cancellation) =>
        Task.FromResult<IHostParts>(new Parts());

    public Task<IRunningApp> StartAsync(AppRequest request, CancellationToken cancellation) =>
        Task.FromException<IRunningApp>(new AppException("no workers are known yet"));

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
