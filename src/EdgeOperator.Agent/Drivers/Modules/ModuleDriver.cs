using System.Collections.Immutable;
using EdgeOperator.Agent.Drivers.Modules.Engine;
using EdgeOperator.Agent.Drivers.Modules.Images;
using EdgeOperator.Agent.Drivers.Modules.Probes;
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
    private readonly PulledImages _pulled;
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
        _pulled = new(stateDirectory);
        _puller = new(_engine, new(configuration.RegistryAuthFile), _pulled, time, Wake, logging.CreateLogger<ImagePuller>());
        _probes = new(time, Wake);
        var cache = new InspectCache(_engine);
        _observer = new(_engine, _ownership, cache, _probes);
        _executor = new(_engine, new(_engine, _ownership, cache), _puller, _pulled, _ownership);
        _watcher = new(_engine, _ownership, cache, time, logging.CreateLogger<ModuleWatcher>());
    }

    /// <summary>Ids of the images that the agent pulled, kept over restarts: of these some may be collected.</summary>
    public ImmutableHashSet<string> PulledImages => _pulled.Ids;

    public async Task<ObservedState> ObserveAsync(ObservedState observed, DesiredState desired, CancellationToken cancellation) =>
        observed with { Engine = await _observer.ObserveAsync(desired, cancellation) };

    public ResourceStatus? Describe(Resource resource, ObservedState observed) => resource is ModuleResource module
        ? ModuleDescription.Of(module, observed.Engine, _observer.Sightings, _puller.ProgressOf(module.Container.Image))
        : null;

    public bool Handles(Step step) => ModuleExecutor.Handles(step);

    public Task<StepOutcome> ExecuteAsync(Step step, DesiredState desired, CancellationToken cancellation) =>
        _executor.ExecuteAsync(step, desired, cancellation);

    /// <summary>Gives up the pulls of all images but these: call it with what the newest plans ask for.</summary>
    public void RetainPulls(IEnumerable<string> images) => _puller.Retain(images);

    public async Task WatchAsync(Action<string> changed, CancellationToken cancellation)
    {
        _changed = changed;
        await _watcher.RunAsync(changed, cancellation);
    }

    /// <summary>Writes a module's output, standard error included, as plain text.</summary>
    /// <param name="follow">Go on until the container ends.</param>
    /// <param name="tail">Lines from the end to begin with; null for all.</param>
    /// <returns>False when the module has no container.</returns>
    /// <exception cref="EngineException">The engine refused or can't be reached.</exception>
    public async Task<bool> CopyLogsAsync(ResourceId module, bool follow, int? tail, Stream output, CancellationToken cancellation)
    {
        var containers = await _engine.ListContainersAsync(_ownership.Filter(module), cancellation);
        var newest = containers.OrderByDescending(container => container.State == "running").ThenByDescending(container => container.Created).FirstOrDefault();
        if (newest is null || await _engine.InspectContainerAsync(newest.Id, cancellation) is not { } container)
        {
            return false;
        }

        await _engine.CopyLogsAsync(container, follow, tail, output, cancellation);
        return true;
    }

    public async ValueTask DisposeAsync()
    {
        await _probes.DisposeAsync();
        await _puller.DisposeAsync();
        _engine.Dispose();
    }

    private void Wake(string why) => _changed?.Invoke(why);
}
