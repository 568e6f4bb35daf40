using EdgeOperator.Hub.Twins;
using EdgeOperator.Testing;

namespace EdgeOperator.Hub.Tests;

/// <summary>The rule that dependencies between the parts of the hub go down only, read from the compiled code.</summary>
public sealed class NamespaceTests
{
    [Fact]
    public void The_hubs_parts_use_only_those_below_them() =>
        NamespaceDependencies.Upwards(typeof(DeviceTwins), ["Service", "Identities", "Telemetry", "Messages", "Storage", "Replicas", "Events", "Figures", "Registry", "Security", "Twins", "Mqtt", "Configurations", "Methods", "Jobs", "Fleets", "Alerts", "Remote", "Provisioning", "Artifacts", "Snapshots", "Repositories", "Plans", "Rest", "Api", "Portal", "Hosting", ""]).Should().BeEmpty();
}
