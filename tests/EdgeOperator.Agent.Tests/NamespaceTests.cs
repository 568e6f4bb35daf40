using EdgeOperator.Platform.Files;
using EdgeOperator.Testing;

namespace EdgeOperator.Agent.Tests;

/// <summary>The rule that dependencies between the parts of a project go down only, read from the compiled code.</summary>
public sealed class NamespaceTests
{
    // From the lowest to the highest: each may use those before it.
    private static readonly string[] Agent =
    [
        "Telemetry", "Clock", "Hardware", "Storage", "Sources",
        "Secrets", "Transfers", "Engine", "Checks", "Drivers", "Execution", "Kinds.EdgeModule", "Kinds.FunctionApp", "Kinds.ConfigFile", "Kinds.VirtualMachine", "Kinds.SystemUpdate", "Kinds.Secret", "Kinds",
        "Reporting", "Loop", "LocalApi", "Remote", "",
    ];

    [Fact]
    public void The_agents_parts_use_only_those_below_them() =>
        NamespaceDependencies.Upwards(typeof(EdgeAgent), Agent).Should().BeEmpty();

    [Fact]
    public void The_platforms_parts_use_only_those_below_them() =>
        NamespaceDependencies.Upwards(typeof(AtomicFile), ["Timing", "Logging", "Telemetry", "Streams", "Metrics", "Sockets", "Files", "Processes", "Sqlite", "Publishing"]).Should().BeEmpty();

    [Fact]
    public void A_use_of_a_higher_part_is_found() =>
        NamespaceDependencies.Upwards(typeof(EdgeAgent), ["", .. Agent[..^1]]).Should().Contain("EdgeAgent uses Loop.ReconcileLoop");
}
