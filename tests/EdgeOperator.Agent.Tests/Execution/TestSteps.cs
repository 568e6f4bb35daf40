using System.Collections.Immutable;
using EdgeOperator.Agent.Drivers;
using EdgeOperator.Core.Kinds.EdgeModule;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Core.State;

namespace EdgeOperator.Agent.Tests.Execution;

/// <summary>Steps with short names, and a driver that does what the test says.</summary>
internal static class TestSteps
{
    public static ResourceId Module(string name) => new("EdgeModule", name);

    public static Step Step(string name, string[]? requires = null, string[]? after = null) =>
        new CreateNetwork(Module(name), "test", name) { Requires = Ids(requires), After = Ids(after) };

    public static Plan Plan(params Step[] steps) => new([.. steps], []);

    private static ImmutableArray<string> Ids(string[]? names) => [.. (names ?? []).Select(n => $"create network {n}")];
}

internal sealed class TestDriver(Func<string, CancellationToken, Task<StepOutcome>> execute) : IDriver
{
    public Task<ObservedState> ObserveAsync(ObservedState observed, DesiredState desired, CancellationToken cancellation) =>
        Task.FromResult(observed);

    public ResourceStatus? Describe(Resource resource, ObservedState observed) => null;

    public bool Handles(Step step) => step is CreateNetwork;

    public Task<StepOutcome> ExecuteAsync(Step step, DeviceState device, CancellationToken cancellation) =>
        execute(((CreateNetwork)step).Network, cancellation);

    public Task WatchAsync(Action<string> changed, CancellationToken cancellation) => Task.CompletedTask;
}
