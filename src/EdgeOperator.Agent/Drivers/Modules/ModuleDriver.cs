using EdgeOperator.Agent.Drivers.Modules.Engine;
using EdgeOperator.Agent.Drivers.Modules.Images;
using EdgeOperator.Agent.Drivers.Modules.Probes;
using EdgeOperator.Agent.LocalApi;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Core.State;
using Microsoft.Extensions.Logging;

namespace EdgeOperator.Agent.Drivers.Modules;

/// <summary>Edge modules: containers on a Docker or Podman engine.</summary>
public sealed class ModuleDriver : IDriver, IAsyncDisposable
{
    private readonly DockerEngine _engine;
    private readonly Ownership _ownership;
    private readonly RegistryCredentials _credentials;
    private readonly ImagePuller _puller;
    private readonly ProbeRunner _probes;
    private readonly ModuleObserver _observer;
    private readonly ModuleExecutor _executor;
    private readonly ModuleWatcher _watcher;
    private volatile Action<string>? _changed;

    /// <param name="stateDirectory">Where the driver notes which images it pulled.</param>
    public ModuleDriver(EngineConfiguration configuration, string stateDirectory, TimeProvider time, ILoggerFactory logging)
    {
        _engine = new(new(configuration.Socket));
        _ownership = new(configuration.Owner);
        var pulled = new PulledImages(stateDirectory);
        _credentials = new(configuration.RegistryAuthFile);
        _puller = new(_engine, _credentials, pulled, time, Wake, logging.CreateLogger<ImagePuller>());
        _probes = new(time, Wake);
        var cache = new InspectCache(_engine);
        _observer = new(_engine, _ownership, cache, _probes, pulled);
        _executor = new(_engine, new(_engine, _ownership, cache), _puller, pulled, _ownership);
        _watcher = new(_engine, _ownership, cache, time, logging.CreateLogger<ModuleWatcher>());
    }

    public async Task<ObservedState> ObserveAsync(ObservedState observed, DesiredState desired, CancellationToken cancellation)
    {
        // A step may come with another revision's state than its image; here are all that count.
        _credentials.FromManifests = desired.RegistryCredentials;
        return observed with { Engine = await _observer.ObserveAsync(desired, cancellation) };
    }

    public ResourceStatus? Describe(Resource resource, ObservedState observed) => resource is ModuleResource module
        ? ModuleDescription.Of(module, observed.Engine, _observer.Sightings, _puller.ProgressOf(module.Container.Image))
        : null;

    public bool Handles(Step step) => ModuleExecutor.Handles(step);

    public Task<StepOutcome> ExecuteAsync(Step step, DesiredState desired, CancellationToken cancellation) =>
        _executor.ExecuteAsync(step, desired, cancellation);

    public void Expect(Plan plan) => _puller.Retain(plan.Fetches.OfType<PullImage>().Select(fetch => fetch.Image));

    public async Task WatchAsync(Action<string> changed, CancellationToken cancellation)
    {
        _changed = changed;
        await _watcher.RunAsync(changed, cancellation);
    }

    /// <summary>Restarts a module's container; what does not run is not started.</summary>
    public async Task<StepOutcome> RestartAsync(string module, CancellationToken cancellation)
    {
        var id = new ResourceId(Kinds.EdgeModule, module);
        try
        {
            return await FindAsync(id, cancellation) is { State: "running" or "restarting" } container
                ? await _executor.ExecuteAsync(new RestartContainer(id, "asked for", container.Id, Timeout: null), DesiredState.Empty, cancellation)
                : new StepOutcome.Succeeded($"{id} does not run, so it is not restarted");
        }
        catch (EngineException e)
        {
            return new StepOutcome.Retry("EngineError", e.Message);
        }
    }

    /// <summary>Writes a module's output, standard error included, as plain text.</summary>
    /// <param name="follow">Go on until the container ends.</param>
    /// <param name="tail">Lines from the end to begin with; null for all.</param>
    /// <exception cref="ControlException">The module has no container, or the engine can't be reached.</exception>
    public async Task CopyLogsAsync(string module, bool follow, int? tail, Stream output, CancellationToken cancellation)
    {
        var id = new ResourceId(Kinds.EdgeModule, module);
        try
        {
            var found = await FindAsync(id, cancellation) is { } listed ? await _engine.InspectContainerAsync(listed.Id, cancellation) : null;
            if (found is null)
            {
                throw new ControlException("NoLog", $"{id} has no container yet, so it has no log: see its conditions with edgeop describe");
            }

            await _engine.CopyLogsAsync(found, follow, tail, output, cancellation);
        }
        catch (EngineException e)
        {
            throw new ControlException("EngineError", $"the log of {id} can't be read: {e.Message}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _probes.DisposeAsync();
        await _puller.DisposeAsync();
        _engine.Dispose();
    }

    private void Wake(string why) => _changed?.Invoke(why);

    /// <summary>The container that serves the module, or served it last.</summary>
    private async Task<ContainerSummary?> FindAsync(ResourceId module, CancellationToken cancellation) =>
        (await _engine.ListContainersAsync(_ownership.Filter(module), cancellation))
        .OrderByDescending(container => container.State == "running")
        .ThenByDescending(container => container.Created)
        .FirstOrDefault();
}
