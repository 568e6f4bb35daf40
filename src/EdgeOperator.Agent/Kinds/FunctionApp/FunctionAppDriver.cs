using System.Runtime.Versioning;
using EdgeOperator.Agent.Drivers;
using EdgeOperator.Agent.Kinds.FunctionApp.Packages;
using EdgeOperator.Agent.Kinds.FunctionApp.Publishing;
using EdgeOperator.Agent.Secrets;
using EdgeOperator.Core.Kinds.FunctionApp;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Core.State;
using EdgeOperator.Platform.Processes;
using EdgeOperator.Platform.Publishing;
using Microsoft.Extensions.Logging;

namespace EdgeOperator.Agent.Kinds.FunctionApp;

/// <summary>Azure Functions apps, each served by a host process of its own, which outlives the agent.</summary>
[SupportedOSPlatform("linux")]
public sealed class FunctionAppDriver : IDriver, ILogSource, IRequestForwarder, IAsyncDisposable
{
    private readonly AppFolders _folders;
    private readonly HostClients _hosts;
    private readonly PackageInstaller _installer;
    private readonly FunctionAppObserver _observer;
    private readonly FunctionAppExecutor _executor;
    private readonly FunctionAppWatcher _watcher;
    private readonly PublishedDeployments _published;
    private readonly PublishingEndpoint _endpoint;
    private readonly PublishingRequests _publishing;
    private volatile Action<string>? _changed;

    public FunctionAppDriver(FunctionsConfiguration configuration, string stateDirectory, TimeProvider time, ILoggerFactory logging, SecretVault? secrets = null)
    {
        var supervisor = new ProcessSupervisor(time);
        _hosts = new(supervisor);
        _folders = AppFolders.Of(configuration, stateDirectory);
        var storeFolder = Path.Combine(stateDirectory, "published");
        var store = new PublishStore(storeFolder);
        var program = HostProgram.For(configuration);
        _published = new(store, time);
        _publishing = new(store, configuration.Publishing, time);
        _endpoint = new(configuration.Publishing, Path.Combine(stateDirectory, "publishing"), storeFolder, program, supervisor, time, logging.CreateLogger<PublishingEndpoint>());
        _installer = new(_folders, _published.PackageFile, why => _changed?.Invoke(why), time, logging.CreateLogger<PackageInstaller>());
        _observer = new(_folders, supervisor, _hosts, time);
        _executor = new(_folders, _installer, _published, program, supervisor, new(), _hosts, secrets ?? new(stateDirectory, time), new(stateDirectory), time);
        _watcher = new(_folders, _observer, _published, supervisor, time);
    }

    public static FunctionAppDriver Create(DriverContext context) =>
        new(context.Configuration.Functions, context.StateDirectory, context.Time, context.Loggers, context.Secrets);

    public async Task<ObservedState> ObserveAsync(ObservedState observed, DesiredState desired, CancellationToken cancellation)
    {
        var apps = await _observer.ObserveAsync(cancellation);
        return _published.Observe(observed with { Apps = apps }, desired);
    }

    public Task FollowAsync(DeviceState device)
    {
        _watcher.Follow(device);
        return Task.CompletedTask;
    }

    public ResourceStatus? Describe(Resource resource, ObservedState observed) => resource is FunctionAppResource app
        ? FunctionAppDescription.Of(PublishedPackages.Resolve(app, observed) ?? app, observed.Apps.GetValueOrDefault(app.Id.Name), _installer.IsInstalling(app.Id))
        : null;

    public void Expect(Plan plan, DeviceState device) => _installer.Retain(plan.Fetches.OfType<InstallApp>());

    public bool Handles(Step step) => FunctionAppExecutor.Handles(step);

    public Task<StepOutcome> ExecuteAsync(Step step, DeviceState device, CancellationToken cancellation) =>
        _executor.ExecuteAsync(step, device.Desired, cancellation);

    public Task WatchAsync(Action<string> changed, CancellationToken cancellation)
    {
        _changed = changed;
        return Task.WhenAll(_watcher.RunAsync(changed, cancellation), _endpoint.RunAsync(cancellation));
    }

    public async Task<HttpResponseMessage> SendAsync(ResourceId resource, DesiredState desired, HttpRequestMessage request, CancellationToken cancellation)
    {
        var path = request.RequestUri!.OriginalString.Split('?')[0].Split('/', StringSplitOptions.RemoveEmptyEntries).Select(Uri.UnescapeDataString).ToArray();
        if (_publishing.Answer(request.Method, path, resource.Name, PublishedAs(resource, desired)) is { } answer)
            return answer;
        try
        {
            return await _hosts.Of(_folders[resource.Name]).SendAsync(request, cancellation);
        }
        catch (HttpRequestException e)
        {
            throw new ControlException("HostUnavailable", $"the host of {resource} does not answer ({e.Message}): see edgeop describe {resource}");
        }
    }

    /// <summary>Writes what the app's host and functions log.</summary>
    public async Task CopyLogsAsync(ResourceId resource, DeviceState device, LogOptions options, Stream output, CancellationToken cancellation)
    {
        options.ThrowIfDetailed(resource);
        var query = $"?follow={(options.Follow ? "true" : "false")}{(options.Tail is { } lines ? $"&tail={lines}" : "")}";
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/logs" + query, UriKind.Relative));
        using var answer = await SendAsync(resource, device.Desired, request, cancellation);
        await answer.Content.CopyToAsync(output, cancellation);
    }

    /// <summary>The name that the app's packages are published under; null when its package is another kind's.</summary>
    private static string? PublishedAs(ResourceId resource, DesiredState desired) =>
        ((desired.Resources.GetValueOrDefault(resource) as FunctionAppResource)?.App.Package as FunctionPackage.Published)?.Name;

    public async ValueTask DisposeAsync()
    {
        await _installer.DisposeAsync();
        _hosts.Dispose();
    }
}
