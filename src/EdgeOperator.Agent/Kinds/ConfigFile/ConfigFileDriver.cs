using System.Collections.Immutable;
using EdgeOperator.Agent.Drivers;
using EdgeOperator.Agent.Execution;
using EdgeOperator.Agent.Kinds.EdgeModule;
using EdgeOperator.Agent.Secrets;
using EdgeOperator.Core.Kinds.ConfigFile;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Core.State;
using Microsoft.Extensions.Logging;

namespace EdgeOperator.Agent.Kinds.ConfigFile;

/// <summary>Files on the device.</summary>
public sealed class ConfigFileDriver : IDriver, IDisposable
{
    private readonly ConfigFileObserver _observer;
    private readonly ConfigFileExecutor _executor;
    private readonly ConfigFileWatcher _watcher;
    private readonly BackgroundSteps _background;
    private volatile Action<string>? _changed;

    /// <param name="own">What the agent lives on and keeps; the state directory is among it.</param>
    /// <param name="restartModule">Restarts a module, for files whose change asks for it.</param>
    /// <param name="secrets">Gives the values of secrets; null for none but those of the state directory.</param>
    /// <exception cref="IOException">The state directory can't be used.</exception>
    /// <exception cref="UnauthorizedAccessException">The state directory may not be used.</exception>
    internal ConfigFileDriver(
        FilesConfiguration configuration,
        OwnPaths own,
        string stateDirectory,
        Func<ResourceId, DesiredState, CancellationToken, Task<StepOutcome>> restartModule,
        TimeProvider time,
        ILogger<ConfigFileDriver> logger,
        SecretVault? secrets = null)
    {
        var (allowed, records, contents) = (new AllowedPaths(configuration, own), new ConfigFileStates(stateDirectory, logger), new FileContents(new(time), secrets ?? new(stateDirectory, time)));
        _observer = new(allowed, records, contents);
        _executor = new(allowed, records, contents, new(restartModule, time));
        _watcher = new(time, logger);
        _background = new(why => _changed?.Invoke(why), time, logger);
    }

    public static ConfigFileDriver Create(DriverContext context) => new(
        context.Configuration.Files,
        OwnPaths.Of(context.Configuration),
        context.StateDirectory,
        context.Find<EdgeModuleDriver>() is { } modules ? modules.RestartAsync : throw new InvalidOperationException("Modules have to be registered before files, which restart them."),
        context.Time,
        context.Loggers.CreateLogger<ConfigFileDriver>(),
        context.Secrets);

    public Task<ObservedState> ObserveAsync(ObservedState observed, DesiredState desired, CancellationToken cancellation) =>
        Task.Run(() => _observer.Observe(observed, desired, cancellation), cancellation);

    public Task FollowAsync(DeviceState device) => Task.Run(() => _watcher.Watch(device.Observed.Files.Keys));

    public ResourceStatus? Describe(Resource resource, ObservedState observed) =>
        resource is ConfigFileResource { File: var file } ? Describe(resource.Id, file, observed.Files.GetValueOrDefault(file.Path)) : null;

    public bool Handles(Step step) => step is WriteFile or RestoreFile or RunAction;

    public Task<StepOutcome> ExecuteAsync(Step step, DeviceState device, CancellationToken cancellation) => step switch
    {
        WriteFile when device.Desired.Resources.GetValueOrDefault(step.Resource) is ConfigFileResource file => ChangeAsync(step, file.File.Path, token => Task.FromResult(_executor.Write(file, token)), cancellation),
        RestoreFile s => ChangeAsync(step, s.Path, token => _executor.RestoreAsync(s.Path, device.Desired, token), cancellation),
        RunAction s => _executor.RunAsync(s, device.Desired, cancellation),
        _ => Task.FromResult<StepOutcome>(new StepOutcome.Terminal("NotDesired", $"{step.Resource} is not desired, so there is nothing to write")),
    };

    public Task WatchAsync(Action<string> changed, CancellationToken cancellation)
    {
        _changed = changed;
        return _watcher.RunAsync(changed, cancellation);
    }

    public void Dispose()
    {
        _watcher.Dispose();
        _background.DisposeAsync().AsTask().Wait();
    }

    /// <summary>Within the pass, unless a large file has to be copied. A path has one writer at a time.</summary>
    private Task<StepOutcome> ChangeAsync(Step step, string path, Func<CancellationToken, Task<StepOutcome>> change, CancellationToken cancellation) =>
        _background.MessageOf(other => other.Id != step.Id && PathOf(other) == path) is { } underWay ? Task.FromResult<StepOutcome>(new StepOutcome.Pending(underWay))
        : _background.IsRunning(step) || _executor.CopiesMuch(path)
            ? _background.AskAsync(step, (say, token) =>
            {
                say($"{path} is copied");
                return Task.Run(() => change(token), token);
            })
            : Task.Run(() => change(cancellation), cancellation);

    private static string? PathOf(Step step) => step switch
    {
        WriteFile s => s.Path,
        RestoreFile s => s.Path,
        _ => null,
    };

    private static ResourceStatus Describe(ResourceId id, ConfigFileSpec file, ObservedConfigFile? found)
    {
        var details = ImmutableSortedDictionary.CreateBuilder<string, string>();
        details["path"] = file.Path;
        if (found is { Exists: true, ContentHash: { } hash })
        {
            details["mode"] = Convert.ToString(found.Mode, 8).PadLeft(4, '0');
            if (!file.HoldsSecrets)
                details["sha256"] = hash;
        }

        return new() { Kind = id.Kind, Name = id.Name, State = State(file, found), Summary = file.Path, Details = details.ToImmutable() };
    }

    private static string State(ConfigFileSpec file, ObservedConfigFile? found) => found switch
    {
        null => "unknown",
        { Refused: not null } => "refused",
        { Exists: false } => "missing",
        _ when found.ContentHash != file.ContentHash || found.Mode != file.Mode || !found.OwnerMatches => "differs",
        // A module's restart may stay noted though the module has read the file since: its readiness tells.
        _ when found.ActionPending && file.OnChange is not (null or FileAction.RestartModule) => "action pending",
        _ => "in sync",
    };
}
