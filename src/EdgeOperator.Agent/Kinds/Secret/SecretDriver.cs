using System.Collections.Immutable;
using EdgeOperator.Agent.Drivers;
using EdgeOperator.Core.Kinds.Secret;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Core.State;

namespace EdgeOperator.Agent.Kinds.Secret;

/// <summary>Secrets have no steps: whether they open is known when manifests are rendered, and their values go to what uses them.</summary>
public sealed class SecretDriver(TimeProvider time) : IDriver
{
    public static SecretDriver Create(DriverContext context) => new(context.Time);

    public Task<ObservedState> ObserveAsync(ObservedState observed, DesiredState desired, CancellationToken cancellation) => Task.FromResult(observed);

    public ResourceStatus? Describe(Resource resource, ObservedState observed) => resource is not SecretResource secret ? null : new()
    {
        Kind = secret.Id.Kind,
        Name = secret.Id.Name,
        State = secret.Opening is SecretOpening.Opened ? "opened" : "not opened",
        Summary = string.Join(", ", secret.Secret.Keys),
        Details = ImmutableSortedDictionary<string, string>.Empty.Add("recipients", string.Join(' ', secret.Secret.Recipients)),
    };

    public bool Handles(Step step) => false;

    public Task<StepOutcome> ExecuteAsync(Step step, DeviceState device, CancellationToken cancellation) =>
        throw new ArgumentOutOfRangeException(nameof(step), step.Id, "not a step of this driver");

    public Task WatchAsync(Action<string> changed, CancellationToken cancellation) => Task.Delay(Timeout.InfiniteTimeSpan, time, cancellation);
}
