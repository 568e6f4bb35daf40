using System.Diagnostics.CodeAnalysis;
using EdgeOperator.Agent.Telemetry;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Platform.Processes;
using Microsoft.Extensions.Logging;

namespace EdgeOperator.Agent;

/// <summary>The agent as a daemon: a <see cref="ServedAgent"/>, replaced by another when the configuration is read again.</summary>
/// <param name="read">Reads the configuration anew; reports what is wrong with it, in a sentence, and returns null when it can't be used.</param>
[SuppressMessage("Design", "CA1001", Justification = "A SemaphoreSlim holds nothing to dispose unless its wait handle is asked for.")]
public sealed partial class AgentHost(Func<Action<string>, AgentConfiguration?> read, SystemdNotify systemd, ILoggerFactory loggers, TimeProvider time)
{
    private readonly ILogger _logger = loggers.CreateLogger<AgentHost>();
    private readonly SemaphoreSlim _reload = new(0);

    /// <summary>Has the configuration read again (SIGHUP). While it is invalid, the agent goes on with the one it has.</summary>
    public void Reload() => _reload.Release();

    /// <summary>Runs until cancelled; what runs on the device runs on afterwards.</summary>
    /// <exception cref="IOException">The state directory or the socket can't be had.</exception>
    /// <exception cref="UnauthorizedAccessException">The state directory may not be written to.</exception>
    public async Task RunAsync(AgentConfiguration configuration, CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var releasing = SpareMemory.KeepReleasingAsync(time, stop.Token);
        try
        {
            var agent = await StartAsync(configuration, cancellation);
            while (true)
            {
                AgentConfiguration next;
                await using (agent)
                    next = await RunAsync(agent, cancellation);

                agent = await ReplaceAsync(agent.Configuration, next, cancellation);
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            LogStopped();
        }
        finally
        {
            await stop.CancelAsync();
            await releasing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<ServedAgent> StartAsync(AgentConfiguration configuration, CancellationToken cancellation)
    {
        var agent = await ServedAgent.StartAsync(configuration, loggers, time, cancellation);
        LogStarted(configuration.Device.Name, configuration.Api.Socket);
        return agent;
    }

    private async Task<ServedAgent> ReplaceAsync(AgentConfiguration before, AgentConfiguration next, CancellationToken cancellation)
    {
        try
        {
            return await StartAsync(next, cancellation);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            LogNotStarted(exception.Message);
            var agent = await StartAsync(before, cancellation);
            agent.Refuse(exception.Message);
            return agent;
        }
    }

    /// <summary>Runs an agent, and returns the configuration that replaces its own.</summary>
    private async Task<AgentConfiguration> RunAsync(ServedAgent agent, CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var loop = new LoopWatchdog(agent.Control, agent.Configuration.Reconcile.Interval, time);
        var running = agent.RunAsync(stop.Token);
        var watchdog = systemd.RunWatchdogAsync(() => Report(loop), stop.Token);
        systemd.Ready($"keeping {agent.Configuration.Device.Name} equal to its sources");
        try
        {
            while (true)
            {
                await await Task.WhenAny(running, _reload.WaitAsync(stop.Token));
                systemd.Reloading();
                var problem = "it can't be used";
                if (read(why => problem = why) is { } next)
                    return next;

                LogKept();
                agent.Refuse(problem);
                systemd.Ready("the new configuration is invalid: going on with the old one");
            }
        }
        finally
        {
            if (cancellation.IsCancellationRequested)
                systemd.Stopping();

            await stop.CancelAsync();
            await Task.WhenAll(running, watchdog).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private bool Report(LoopWatchdog loop)
    {
        systemd.Status(loop.Message);
        return loop.IsAlive;
    }
}
