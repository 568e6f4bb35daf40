using EdgeOperator.Agent.LocalApi;
using EdgeOperator.Agent.Telemetry;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Platform.Metrics;
using Microsoft.Extensions.Logging;

namespace EdgeOperator.Agent;

/// <summary>An <see cref="EdgeAgent"/> behind its local API, its metrics exported.</summary>
internal sealed class ServedAgent : IAsyncDisposable
{
    private readonly EdgeAgent _agent;
    private readonly PrometheusText _metrics;
    private readonly IDisposable? _export;
    private ApiServer? _api;

    private ServedAgent(AgentConfiguration configuration, ILoggerFactory loggers, TimeProvider time)
    {
        Configuration = configuration;
        _agent = new EdgeAgent(configuration, loggers, time);
        _metrics = new PrometheusText(_agent.Metrics.Meter);
        _export = AgentExport.Start(configuration.Telemetry, configuration.Device.Name);
    }

    public AgentConfiguration Configuration { get; }

    public IAgentControl Control => _agent.Control;

    /// <exception cref="IOException">The state directory or the socket can't be had.</exception>
    /// <exception cref="UnauthorizedAccessException">The state directory may not be written to.</exception>
    public static async Task<ServedAgent> StartAsync(
        AgentConfiguration configuration, ILoggerFactory loggers, TimeProvider time, CancellationToken cancellation)
    {
        var served = new ServedAgent(configuration, loggers, time);
        try
        {
            served._api = await ApiServer.StartAsync(served.Control, served._metrics, configuration.Api, time, loggers, cancellation);
            return served;
        }
        catch
        {
            await served.DisposeAsync();
            throw;
        }
    }

    /// <summary>Has the status say that a newer configuration is not used, and why.</summary>
    public void Refuse(string problem) => _agent.RefuseConfiguration(problem);

    public Task RunAsync(CancellationToken cancellation) => _agent.RunAsync(cancellation);

    public async ValueTask DisposeAsync()
    {
        if (_api is not null)
            await _api.DisposeAsync();

        _export?.Dispose();
        _metrics.Dispose();
        await _agent.DisposeAsync();
    }
}
