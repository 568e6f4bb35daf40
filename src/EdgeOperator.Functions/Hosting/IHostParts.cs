using EdgeOperator.Core.Protocol.Functions;
using EdgeOperator.Functions.Logs;
using EdgeOperator.Functions.Metrics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace EdgeOperator.Functions.Hosting;

/// <summary>What starts apps in one host, and what it keeps for all of their generations.</summary>
public interface IHostParts : IAsyncDisposable
{
    /// <inheritdoc cref="StartApp"/>
    Task<IRunningApp> StartAsync(AppRequest request, CancellationToken cancellation);

    /// <summary>Answers a request to the control API that a part adds to it.</summary>
    /// <returns>Null when none does.</returns>
    Task? Answer(HttpContext context, string[] path);
}

/// <summary>What a process has one of, for all of its parts.</summary>
public sealed record HostContext(
    HomeFolder Home, HostOptions Options, AppLog Log, FunctionMetrics Metrics, TimeProvider Time, ILoggerFactory Loggers);

/// <summary>Puts the parts together, once a process.</summary>
/// <exception cref="IOException">A file of the host's folder can't be used.</exception>
public delegate Task<IHostParts> Composition(HostContext host, CancellationToken cancellation);
