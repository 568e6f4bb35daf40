using System.Runtime.Versioning;
using EdgeOperator.Agent.Drivers.Functions.Packages;
using EdgeOperator.Agent.LocalApi;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Core.State;
using EdgeOperator.Platform.Processes;
using Microsoft.Extensions.Logging;

namespace EdgeOperator.Agent.Drivers.Functions;

/// <summary>Azure Functions apps, each served by a host process of its own, which outlives the agent.</summary>
[SupportedOSPlatform("linux")]
public sealed class FunctionDriver : IDriver, IAsyncDisposable
{
    private readonly AppFolders _folders;
    private readonly HostClients _hosts;
    private readonly PackageInstaller _installer;
    private readonly FunctionObserver _observer;
    private readonly FunctionExecutor _executor;
    private readonly FunctionWatcher _watcher;
    private volatile Action<string>? _changed;

    public FunctionDriver(FunctionsConfiguration configuration, string stateDirectory, TimeProvider time, ILoggerFactory logging)
    {
        var supervisor = new ProcessSupervisor(time);
        _hosts = new(supervisor);
        _folders = AppFolders.Of(configuration, stateDirectory);
        _installer = new(_folders, why => _changed?.Invoke(why), logging.CreateLogger<PackageInstaller>());
        _observer = new(_folders, supervisor, _hosts, time);
        _executor = new(_folders, _installer, HostProgram.For(configuration), supervisor, new(), _hosts, time);
        _watcher = new(_folders, _observer, supervisor, time);
    }

    public async Task<ObservedState> ObserveAsync(ObservedState observed, DesiredState desired, CancellationToken cancellation)
    {
        var apps = await _observer.ObserveAsync(cancellation);
        _watcher.Seen(apps);
        return observed with { Apps = apps };
    }

    public ResourceStatus? Describe(Resource resource, ObservedState observed) => resource is FunctionAppResource app
        ? AppDescription.Of(app, observed.Apps.GetValueOrDefault(app.Id.Name), _installer.IsInstalling(app.Id))
        : null;

    public void Expect(Plan plan) => _installer.Retain(plan.Fetches.OfType<InstallApp>());

    public bool Handles(Step step) => FunctionExecutor.Handles(step);

    public Task<StepOutcome> ExecuteAsync(Step step, DesiredState desired, CancellationToken cancellation) =>
        _executor.ExecuteAsync(step, desired, cancellation);

    public Task WatchAsync(Action<string> changed, CancellationToken cancellation)
    {
        _changed = changed;
        return _watcher.RunAsync(changed, cancellation);
    }

    /// <summary>Sends on what somebody asks an app's host; returns once its answer begins.</summary>
    /// <exception cref="ControlException">The app's host does not run, or does not answer.</exception>
    public async Task<HttpResponseMessage> AskAsync(string app, HttpRequestMessage request, CancellationToken cancellation)
    {
        try
        {
            return await _hosts.Of(_folders[app]).SendAsync(request, cancellation);
        }
        catch (HttpRequestException e)
        {
            throw new ControlException("HostUnavailable", $"the host of {Kinds.FunctionApp}/{app} does not answer ({e.Message}): see edgeop describe {Kinds.FunctionApp}/{app}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _installer.DisposeAsync();
        _hosts.Dispose();
    }
}
