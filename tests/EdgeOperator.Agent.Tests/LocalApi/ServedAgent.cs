using System.Collections.Immutable;
using System.Net;
using EdgeOperator.Agent.LocalApi;
using EdgeOperator.Agent.Telemetry;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Platform.Metrics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeOperator.Agent.Tests.LocalApi;

/// <summary>The real local API on a socket of its own in front of canned answers.</summary>
internal sealed class ServedAgent : IAsyncDisposable
{
    private readonly AgentMetrics _metrics;
    private readonly PrometheusText _prometheus;
    private readonly ApiServer _server;

    private ServedAgent(CannedAgent agent, AgentMetrics metrics, PrometheusText prometheus, ApiServer server, string folder)
    {
        Agent = agent;
        _metrics = metrics;
        _prometheus = prometheus;
        _server = server;
        Folder = folder;
    }

    public CannedAgent Agent { get; }

    public string Folder { get; }

    public string Socket => Path.Combine(Folder, "run", "edgeop.sock");

    public IPEndPoint? MetricsEndPoint => _server.MetricsEndPoint;

    public static async Task<ServedAgent> StartAsync(
        string metricsAddress = "off", string? folder = null, ILoggerFactory? loggers = null, params ImmutableArray<string> metricsHosts)
    {
        folder ??= Directory.CreateTempSubdirectory("edgeop-api-").FullName;
        var agent = new CannedAgent();
        var metrics = new AgentMetrics(TimeProvider.System, () => agent.Status);
        var prometheus = new PrometheusText(metrics.Meter);
        var configuration = new ApiConfiguration { Socket = Path.Combine(folder, "run", "edgeop.sock"), Metrics = metricsAddress, MetricsHosts = metricsHosts };
        var server = await ApiServer.StartAsync(
            agent, prometheus, configuration, TimeProvider.System, loggers ?? NullLoggerFactory.Instance, CancellationToken.None);
        return new(agent, metrics, prometheus, server, folder);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _prometheus.Dispose();
        _metrics.Dispose();
        Directory.Delete(Folder, recursive: true);
    }
}
