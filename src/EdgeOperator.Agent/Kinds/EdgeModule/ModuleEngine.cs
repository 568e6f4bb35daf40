using EdgeOperator.Agent.Drivers;
using EdgeOperator.Agent.Engine;
using EdgeOperator.Agent.Kinds.EdgeModule.Images;
using EdgeOperator.Agent.Kinds.EdgeModule.Images.Verification;
using EdgeOperator.Agent.Kinds.EdgeModule.Probes;
using EdgeOperator.Agent.Secrets;
using EdgeOperator.Core.Kinds.EdgeModule;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Core.State;
using Microsoft.Extensions.Logging;

namespace EdgeOperator.Agent.Kinds.EdgeModule;

/// <summary>The modules on one container engine.</summary>
internal sealed class ModuleEngine : IAsyncDisposable
{
    private readonly DockerEngine _engine;
    private readonly Ownership _ownership;
    private readonly ContainerOwnership _own;
    private readonly PreviousLogs _previous;
    private readonly ImagePuller _puller;
    private readonly ProbeRunner _probes;
    private readonly EdgeModuleObserver _observer;
    private readonly EdgeModuleExecutor _executor;
    private readonly EdgeModuleWatcher _watcher;
    private readonly TimeProvider _time;

    /// <param name="memory">Of the system that the engine runs on.</param>
    /// <param name="wake">Called with the reason for a pass when something in the background has ended.</param>
    /// <param name="connect">Connects probes to containers; null for directly.</param>
    public ModuleEngine(
        EngineEndpoint endpoint,
        Ownership ownership,
        RegistryCredentials credentials,
        SecretVault secrets,
        IMemoryFiles memory,
        PulledImages pulled,
        ImageAdmission admission,
        ContainerRecords records,
        string stateDirectory,
        string? machine,
        Func<string, int, CancellationToken, Task<Stream>>? connect,
        Action<string> wake,
        TimeProvider time,
        ILoggerFactory logging)
    {
        _engine = new(endpoint);
        _time = time;
        _ownership = ownership;
        _puller = new(_engine, credentials, pulled, admission, wake, time, logging.CreateLogger<ImagePuller>());
        _probes = new(time, wake, connect);
        var cache = new InspectCache(_engine);
        _previous = new(_engine, stateDirectory, machine);
        var exits = new ContainerExits();
        _own = new(_engine, ownership, records);
        var endpoints = new EndpointChanges();
        _observer = new(_engine, ownership, _own, cache, _probes, pulled, admission, exits, endpoints, time);
        _executor = new(_engine, new(_engine, ownership, _own, cache, admission, _previous, endpoints, secrets, new(secrets, memory)), _puller, pulled, ownership);
        _watcher = new(_engine, ownership, cache, exits, time, logging.CreateLogger<EdgeModuleWatcher>());
    }

    /// <summary>How long to wait between two attempts to follow the engine's events, at most.</summary>
    public TimeSpan LongestPause
    {
        init => _watcher.LongestPause = value;
    }

    public Task<ObservedEngine> ObserveAsync(DesiredState desired, CancellationToken cancellation) => _observer.ObserveAsync(desired, cancellation);

    public ResourceStatus Describe(EdgeModuleResource module, ObservedEngine observed) =>
        EdgeModuleDescription.Of(module, observed, _observer.Observations, _puller.ProgressOf(module.Container.Image));

    /// <summary>Gives up pulls that are not among these.</summary>
    public void Expect(IEnumerable<PullImage> pulls) => _puller.Retain(pulls);

    /// <inheritdoc cref="EdgeModuleExecutor.ExecuteAsync"/>
    public Task<StepOutcome> ExecuteAsync(Step step, DesiredState desired, CancellationToken cancellation, string? host = null) =>
        _executor.ExecuteAsync(step, desired, cancellation, host);

    public Task WatchAsync(Action<string> changed, CancellationToken cancellation) => _watcher.RunAsync(changed, cancellation);

    /// <summary>Restarts a module's container; what does not run is not started.</summary>
    public async Task<StepOutcome> RestartAsync(ResourceId module, CancellationToken cancellation)
    {
        try
        {
            return await FindAsync(module, cancellation) is { State: "running" or "restarting" } container
                ? await _executor.ExecuteAsync(new RestartContainer(module, "asked for", container.Id, Timeout: null), DesiredState.Empty, cancellation)
                : new StepOutcome.Succeeded($"{module} does not run, so it is not restarted");
        }
        catch (EngineException e)
        {
            return new StepOutcome.Retry("EngineError", e.Message);
        }
    }

    /// <inheritdoc cref="IExecTarget.ExecAsync"/>
    public async Task<int> ExecAsync(ResourceId module, ExecRequest request, ExecFrames client, CancellationToken cancellation)
    {
        try
        {
            var container = await FindAsync(module, cancellation);
            if (container is not { State: "running" })
            {
                throw new ControlException(
                    "NotRunning", $"{module} does not run ({(container is null ? "it has no container" : $"its container is {container.State}")}): see edgeop describe {module}");
            }

            using var exec = await _engine.ExecAsync(container.Id, request, cancellation);
            return await new ContainerExec(exec, request, client, _time).RunAsync(cancellation);
        }
        catch (EngineException e)
        {
            throw new ControlException("EngineError", $"the command could not be run in {module}: {e.Message}");
        }
    }

    /// <inheritdoc cref="EdgeModuleDriver.CopyLogsAsync"/>
    public async Task CopyLogsAsync(ResourceId module, LogOptions options, Stream output, CancellationToken cancellation)
    {
        try
        {
            if (options.Previous)
            {
                await new PreviousRun(_engine, _previous).CopyAsync(module, await OwnedAsync(module, cancellation), options, output, cancellation);
                return;
            }

            var found = await FindAsync(module, cancellation) is { } listed ? await _engine.InspectContainerAsync(listed.Id, cancellation) : null;
            if (found is null)
            {
                throw new ControlException("NoLog", $"{module} has no container yet, so it has no log: see its conditions with edgeop describe");
            }

            await _engine.CopyLogsAsync(found, options, output, cancellation);
        }
        catch (EngineException e)
        {
            throw new ControlException("EngineError", $"the log of {module} can't be read: {e.Message}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _probes.DisposeAsync();
        await _puller.DisposeAsync();
        _engine.Dispose();
    }

    private async Task<List<ContainerDetails>> OwnedAsync(ResourceId module, CancellationToken cancellation)
    {
        var owned = new List<ContainerDetails>();
        foreach (var container in await _engine.ListContainersAsync(_ownership.Filter(module), cancellation))
        {
            if (await _engine.InspectContainerAsync(container.Id, cancellation) is { } details && await _own.OwnsAsync(details, cancellation))
            {
                owned.Add(details);
            }
        }

        return owned;
    }

    /// <summary>The container that serves the module, or served it last.</summary>
    private async Task<ContainerSummary?> FindAsync(ResourceId module, CancellationToken cancellation)
    {
        var found = await _engine.ListContainersAsync(_ownership.Filter(module), cancellation);
        foreach (var container in found.OrderByDescending(container => container.State == "running").ThenByDescending(container => container.Created))
        {
            if (await _engine.InspectContainerAsync(container.Id, cancellation) is { } details && await _own.OwnsAsync(details, cancellation))
            {
                return container;
            }
        }

        return null;
    }
}
