using System.Text.Json.Nodes;
using EdgeOperator.Testing;
using EdgeOperator.Testing.Devices;

namespace EdgeOperator.Hub.Tests.Cli;

/// <summary>A virtual machine that a twin desires, and commands in it through the hub. An emulated guest needs a processor: nothing else runs beside it.</summary>
[Collection(Machines.Name)]
public sealed class RemoteMachineTests(LoggedInHub logged) : IClassFixture<LoggedInHub>
{
    /// <summary>An emulated processor that shares its host takes its time.</summary>
    private static readonly TimeSpan Boot = TimeSpan.FromMinutes(3);

    [Fact]
    public async Task A_command_runs_in_a_virtual_machine_and_its_console_is_read_and_typed_at()
    {
        var image = await GuestImage.MinimalAsync();
        using var none = new TempFolder("none");
        await using var device = new Device(await EdgeopBinary.PathAsync(), engine: null, none, new() { Deadline = "120s", Twin = $"{{hub: \"{logged.Hub.Host}\", caFile: {logged.Hub.CaFile}}}" });
        await device.StartAsync();
        var name = device.Owner;
        await Eventually.SucceedsAsync(() => logged.Edgeop.OkAsync("enrollments", "approve", name));
        var machine = new JsonObject
        {
            ["driver"] = "qemu",
            ["memory"] = "256Mi",
            ["disk"] = new JsonObject { ["size"] = "64Mi", ["image"] = new JsonObject { ["path"] = image.Path, ["sha256"] = image.Sha256 } },
        };
        var patch = new JsonObject { ["properties"] = new JsonObject { ["desired"] = new JsonObject { ["edgeoperator"] = new JsonObject { ["manifests"] = new JsonObject { ["VirtualMachine/edge"] = machine } } } } };
        await Eventually.SucceedsAsync(() => logged.Edgeop.OkAsync("twin", "patch", name, patch.ToJsonString()));
        await device.SeesAsync("the machine answers", status => status.Resources.Any(r => r is { Name: "edge", State: "running" }) && Device.Is(status, "Ready"), Boot);

        var (code, output, error) = await logged.Edgeop.RunAsync(["exec", "-i", name, "vm", "edge", "--", "sh", "-c", "hostname; cat; echo oops >&2; exit 7"], "typed\n");

        (code, output, error).Should().Be((7, "edge\ntyped\n", "oops\n"));
        (await logged.Edgeop.OkAsync("logs", name, "vm/edge")).Should().Contain("edgeop: ready");
        (await logged.Edgeop.OkAsync("describe", name, "vm", "edge")).Should().Contain("running").And.Contain($"sha256:{image.Sha256}");
        await TypeAsync(name);
        (await device.EdgeopAsync("events")).Output.Should().Contain($"the console of VirtualMachine/edge was attached to by admin at {logged.Hub.Host}").And.Contain($"sh was run in VirtualMachine/edge by admin at {logged.Hub.Host}");
        var audit = (await logged.Hub.CallAsync("GET", "api/v1/audit?limit=1000")).Body!.AsArray();
        audit.Should().Contain(e => (string?)e!["action"] == "exec VirtualMachine/edge" && (string?)e["target"] == name).And.Contain(e => (string?)e!["action"] == "console VirtualMachine/edge" && (string?)e["target"] == name);
    }

    private async Task TypeAsync(string device)
    {
        var console = logged.Edgeop.BeginTyped("console", device, "vm", "edge");
        await Eventually.TrueAsync("what was shown before is shown", () => console.Shown.Contains("edgeop: ready", StringComparison.Ordinal));
        await console.TypeAsync("\n");
        await Eventually.TrueAsync("there is a shell", () => console.Shown.Contains('#', StringComparison.Ordinal));
        await console.TypeAsync("echo is-$((40+2))-here\n");
        await Eventually.TrueAsync("it answers", () => console.Shown.Contains("is-42-here", StringComparison.Ordinal));
        (await logged.Edgeop.RunAsync(["console", device, "vm", "edge"])).Error.Should().Contain("somebody is attached to the console of VirtualMachine/edge already");

        await console.TypeAsync("\u001d");

        (await console.Code).Should().Be(0);
        await Eventually.TrueAsync("the end is in the audit log", async () =>
            (await logged.Hub.CallAsync("GET", "api/v1/audit?limit=1000")).Body!.AsArray().Any(e => (string?)e!["action"] == "end of console VirtualMachine/edge"));
    }
}

[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Machines
{
    public const string Name = "machines";
}
