using EdgeOperator.Functions.Hosting;
using EdgeOperator.Testing;

namespace EdgeOperator.Functions.Tests;

/// <summary>The rule that dependencies between the parts of the functions host go down only, read from the compiled code.</summary>
public sealed class NamespaceTests
{
    // From the lowest to the highest: each may use those before it.
    private static readonly string[] Host =
    [
        "App", "Invoking", "Logs", "Metrics", "Http.Keys", "Http.Routing", "Http",
        "Storage", "Timers", "Queues", "Blobs", "Tables", "Loading",
        "Workers", "Workers.Processes", "Workers.Forwarding", "Workers.CustomHandler", "Workers.Node", "Workers.Rpc", "Workers.Pool",
        "Dispatch", "Triggers", "Hosting", "Hosting.Endpoints", "Hosting.Commands", "",
    ];

    [Fact]
    public void The_hosts_parts_use_only_those_below_them() =>
        NamespaceDependencies.Upwards(typeof(AppHost), Host).Should().BeEmpty();
}
