using EdgeOperator.Core.State;
using EdgeOperator.Testing;
using EdgeOperator.Testing.Devices;

namespace EdgeOperator.EndToEndTests;

/// <summary>A reboot that is asked for and does not come: what the agent does before it.</summary>
[Collection(Machines.Name)]
public sealed class RebootRequestTests : IAsyncLifetime
{
    private readonly TempFolder _manifests = new("manifests");
    private PackageRepository _repository = null!;
    private PackageSystem _system = null!;
    private Device _device = null!;

    public async Task InitializeAsync()
    {
        _repository = await PackageRepository.CreateAsync();
        await _repository.AddAsync(new("app", "1.0"));
        await _repository.PublishAsync();
        _system = await PackageSystem.CreateAsync(_repository);
        await _system.InstallAsync("app=1.0");
        _device = new(await EdgeopBinary.PathAsync(), engine: null, _manifests, new() { UpdatesRoot = _system.Root, RebootCommand = "[sh, -c, \"echo asked >>/rebooted; ! [ -e /deaf ]\"]" });
        _manifests.Write("base.yaml", """
            apiVersion: edgeoperator.io/v1alpha1
            kind: SystemUpdate
            metadata: {name: base}
            spec: {packages: [app], reboot: ifRequired}

            """);
    }

    public async Task DisposeAsync()
    {
        await _device.DisposeAsync();
        await _system.DisposeAsync();
        await _repository.DisposeAsync();
        _manifests.Dispose();
    }

    [Fact]
    public async Task Guests_shut_down_before_the_system_is_asked_to_reboot_and_stay_so()
    {
        _manifests.Write("edge.yaml", Manifests.VirtualMachine("edge", await GuestImage.MinimalAsync()));
        await _device.StartAsync();
        await _device.SeesAsync("the guest runs", status => Device.Is(status, Condition.Ready) && status.LastGood is not null);

        await File.WriteAllTextAsync(_system.At("/run/reboot-required"), "");
        await _device.ReconcileAsync();

        await Eventually.TrueAsync("the system was asked to reboot", () => File.Exists(_system.At("/rebooted")), Eventually.Slow);
        (await _device.EdgeopAsync("get", "VirtualMachine", "edge")).Output.Should().Contain("stopped");
        (await _device.EdgeopAsync("logs", "VirtualMachine/edge")).Output.Should().Contain("reboot: Power down", "the guest itself has shut down");
        (await _device.EdgeopAsync("plan")).Output.Should().Contain("reboot SystemUpdate/base: /run/reboot-required").And.NotContain("start VirtualMachine/edge");
        (await _device.EdgeopAsync("update", "status")).Output.Should().Contain("rebooting").And.Contain("/run/reboot-required");
        (await _device.EdgeopAsync("events")).Output.Should().Contain("all that runs is stopped, and the device is rebooted");
    }

    [Fact]
    public async Task A_system_that_does_not_listen_is_asked_three_times_and_then_left_alone()
    {
        await File.WriteAllTextAsync(_system.At("/deaf"), "");
        await File.WriteAllTextAsync(_system.At("/run/reboot-required"), "");
        await _device.StartAsync();

        await _device.SeesAsync("it has given up", status => status.Resources.Any(resource => resource.Conditions.Any(c => c.Message.Contains("the system was asked to reboot 3 times, and did not"))), Eventually.Slow);

        (await File.ReadAllLinesAsync(_system.At("/rebooted"))).Should().HaveCount(3);
        (await _device.EdgeopAsync("events")).Output.Should().Contain("RebootRefused").And.Contain("ended with 1");
        (await _device.EdgeopAsync("plan")).Output.Should().Contain("has not settled it").And.NotContain("announce");
    }
}
