using System.Collections.Immutable;
using EdgeOperator.Agent.Drivers;
using EdgeOperator.Core.Kinds.FunctionApp;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Core.State;

namespace EdgeOperator.Agent.Kinds.FunctionApp;

/// <summary>Stands for function apps where they can't be hosted: it says so of each that is desired.</summary>
internal sealed class WithoutFunctions : IDriver, ILogSource, IRequestForwarder
{
    private const string Why = "function apps are hosted on Linux only";

    public Task<ObservedState> ObserveAsync(ObservedState observed, DesiredState desired, CancellationToken cancellation) => Task.FromResult(observed with
    {
        Apps = desired.Apps.ToImmutableSortedDictionary(app => app.Id.Name, app => new ObservedFunctionApp { Name = app.Id.Name, Unavailable = Why }, StringComparer.Ordinal),
    });

    public ResourceStatus? Describe(Resource resource, ObservedState observed) =>
        resource is FunctionAppResource ? new() { Kind = resource.Id.Kind, Name = resource.Id.Name, State = "not supported" } : null;

    public bool Handles(Step step) => step is InstallApp or ServeApp or StopApp or RemoveGeneration or ConcludeDeployment;

    public Task<StepOutcome> ExecuteAsync(Step step, DeviceState device, CancellationToken cancellation) =>
        Task.FromResult<StepOutcome>(new StepOutcome.Terminal("NotSupported", Why));

    public Task<HttpResponseMessage> SendAsync(ResourceId resource, DesiredState desired, HttpRequestMessage request, CancellationToken cancellation) =>
        throw new ControlException("NotSupported", Why);

    public Task CopyLogsAsync(ResourceId resource, DeviceState device, LogOptions options, Stream output, CancellationToken cancellation) =>
        throw new ControlException("NotSupported", Why);

    public Task WatchAsync(Action<string> changed, CancellationToken cancellation) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellation);
}
