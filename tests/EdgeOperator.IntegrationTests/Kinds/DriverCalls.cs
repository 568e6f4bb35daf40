using EdgeOperator.Agent.Drivers;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Core.State;

namespace EdgeOperator.IntegrationTests.Kinds;

/// <summary>Calls of drivers that need no observation to know where a resource is.</summary>
internal static class DriverCalls
{
    public static Task<StepOutcome> ExecuteAsync(this IDriver driver, Step step, DesiredState desired, CancellationToken cancellation) =>
        driver.ExecuteAsync(step, new DeviceState(desired, ObservedState.Nothing), cancellation);

    public static Task CopyLogsAsync(this ILogSource source, ResourceId resource, DesiredState desired, LogOptions options, Stream output, CancellationToken cancellation) =>
        source.CopyLogsAsync(resource, new DeviceState(desired, ObservedState.Nothing), options, output, cancellation);

    public static void Expect(this IDriver driver, Plan plan) => driver.Expect(plan, DeviceState.Empty);
}
