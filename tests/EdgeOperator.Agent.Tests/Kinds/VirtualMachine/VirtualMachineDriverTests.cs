using System.Collections.Immutable;
using EdgeOperator.Agent.Drivers;
using EdgeOperator.Agent.Kinds.VirtualMachine;
using EdgeOperator.Core.Kinds.VirtualMachine;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Core.State;

namespace EdgeOperator.Agent.Tests.Kinds.VirtualMachine;

public sealed class VirtualMachineDriverTests
{
    private readonly PlayedSystem _eflow = new(MachineDriver.Eflow);
    private readonly PlayedSystem _wsl = new(MachineDriver.Wsl);

    [Fact]
    public async Task Auto_takes_the_first_system_that_is_there()
    {
        (await SeeAsync(Machine())).Driver.Should().Be(MachineDriver.Eflow);

        _eflow.Unavailable = "EFLOW is not installed";
        (await SeeAsync(Machine())).Should().BeEquivalentTo(new { Driver = MachineDriver.Wsl, Unavailable = (string?)null });
    }

    [Fact]
    public async Task A_machine_stays_on_the_system_that_it_was_made_on()
    {
        _wsl.Machines.Add(new() { Name = "vm", Driver = MachineDriver.Wsl, Applied = new(), Phase = MachinePhase.Running });
        var driver = Driver();

        var observed = await ObserveAsync(Machine(), driver);
        observed.Machines["vm"].Driver.Should().Be(MachineDriver.Wsl);
        await driver.ExecuteAsync(new StopMachine(new(KindNames.VirtualMachine, "vm"), ""), new(DesiredState.Empty, observed), CancellationToken.None);

        _wsl.Done.Should().Equal("stop VirtualMachine/vm");
        _eflow.Done.Should().BeEmpty();
    }

    [Theory]
    [InlineData(MachineDriver.Auto, "virtual machines are not supported on this system")]
    [InlineData(MachineDriver.Qemu, "machines of QEMU are supported on Linux only; leave the driver to `auto`")]
    public async Task A_machine_for_which_there_is_no_system_says_so(MachineDriver kind, string why)
    {
        var machine = Machine(vm => vm with { Driver = kind });
        var driver = new VirtualMachineDriver([], new(), "/state");

        var seen = await SeeAsync(machine, driver);

        seen.Unavailable.Should().Be(why);
        driver.Describe(machine, ObservedState.Nothing with { Machines = ObservedState.Nothing.Machines.Add("vm", seen) })!.Details["problem"].Should().Be(why);
        (await driver.ExecuteAsync(new StartMachine(machine.Id, "", ""), new(Desired(machine), ObservedState.Nothing), CancellationToken.None)).Should().Be(new StepOutcome.Terminal("NotSupported", why));
    }

    [Fact]
    public async Task A_machine_whose_folders_may_not_be_shared_is_refused_and_not_started()
    {
        var machine = Machine(vm => vm with { Shape = vm.Shape with { SharedFolders = [new("/etc", "/mnt/etc", ReadOnly: true)] } });
        var driver = Driver();

        (await SeeAsync(machine, driver)).Refused.Should().StartWith("the folder /etc can't be shared");
        (await driver.ExecuteAsync(new StartMachine(machine.Id, "", ""), new(Desired(machine), ObservedState.Nothing), CancellationToken.None)).Should().BeOfType<StepOutcome.Retry>();
        _eflow.Done.Should().BeEmpty();
    }

    [Fact]
    public async Task A_machine_is_restarted_by_a_stop_after_which_the_next_pass_starts_it_and_only_where_it_is_to_run()
    {
        var driver = Driver();
        _wsl.Machines.Add(new() { Name = "vm", Driver = MachineDriver.Wsl, Applied = new(), Phase = MachinePhase.Running });

        (await driver.RestartAsync(Machine().Id, Desired(Machine(vm => vm with { Power = MachinePower.Stopped })), CancellationToken.None)).Should().Be(new StepOutcome.Succeeded("VirtualMachine/vm should not run, so it is not restarted"));
        _wsl.Done.Should().BeEmpty();
        await driver.RestartAsync(Machine().Id, Desired(Machine()), CancellationToken.None);
        _wsl.Done.Should().Equal("stop VirtualMachine/vm");
    }

    [Fact]
    public async Task An_engine_is_reached_once_the_guest_says_that_it_has_one()
    {
        var driver = Driver();
        var running = new ObservedVirtualMachine { Name = "vm", Driver = MachineDriver.Wsl, Applied = new(), Phase = MachinePhase.Running, Guest = new() { BootId = "b" } };
        _wsl.Machines.Add(running);

        driver.EngineOf(await SeeAsync(Machine(), driver)).Should().BeNull();

        _wsl.Machines[0] = running with { Guest = new() { BootId = "b", Engine = "20.10" } };
        driver.EngineOf(await SeeAsync(Machine(), driver))!.Description.Should().Be("unix:///run/vm.sock");
    }

    [Fact]
    public async Task A_console_is_its_systems()
    {
        var driver = Driver();
        _wsl.Machines.Add(new() { Name = "vm", Driver = MachineDriver.Wsl, Applied = new() });
        var device = new DeviceState(DesiredState.Empty, await ObserveAsync(Machine(), driver));
        using var output = new MemoryStream();

        await driver.CopyLogsAsync(new("VirtualMachine", "vm"), device, new(Follow: false, null), output, CancellationToken.None);

        System.Text.Encoding.UTF8.GetString(output.ToArray()).Should().Be("Wsl vm");
        await driver.Awaiting(d => d.CopyLogsAsync(new("VirtualMachine", "other"), device, new(Follow: false, null), output, CancellationToken.None)).Should().ThrowAsync<ControlException>();
    }

    [Fact]
    public void A_machine_is_described_by_what_its_guest_says_and_what_is_pending()
    {
        var machine = Machine(vm => vm with { Shape = vm.Shape with { Cpus = 2, Network = new() { Dns = ["1.1.1.1"] }, Image = new("/srv/guest.qcow2", new('a', 64)) } });
        var found = new ObservedVirtualMachine
        {
            Name = "vm",
            Driver = MachineDriver.Qemu,
            Phase = MachinePhase.Running,
            IsAskedToRun = true,
            Applied = new() { Image = machine.Machine.Shape.Image },
            Guest = new()
            {
                BootId = "b1",
                Uptime = TimeSpan.FromHours(25),
                MemoryTotal = 1L << 30,
                MemoryAvailable = 512L << 20,
                DiskTotal = 10L << 30,
                DiskUsed = 1L << 30,
                Addresses = ["10.0.2.15"],
                Engine = "20.10",
                Image = "1.2",
                Slot = "a",
            },
        };

        var status = Driver().Describe(machine, ObservedState.Nothing with { Machines = ObservedState.Nothing.Machines.Add("vm", found) })!;

        status.Should().BeEquivalentTo(new { State = "running", Summary = "2 cpus, 1024 MiB, /srv/guest.qcow2" });
        status.Details.Should().Contain(new Dictionary<string, string>
        {
            ["address"] = "10.0.2.15",
            ["bootId"] = "b1",
            ["uptime"] = "1d 01:00:00",
            ["memory"] = "1024 MiB, 512 MiB available",
            ["disk"] = "10 GiB, 1024 MiB used",
            ["engine"] = "20.10",
            ["imageDigest"] = $"sha256:{new string('a', 64)}",
            ["imageVersion"] = "1.2",
            ["slot"] = "a",
            ["phase"] = "running",
            ["pendingChanges"] = "cpus 1→2 (by a restart); DNS the network's→1.1.1.1",
        });
    }

    private VirtualMachineDriver Driver() => new([_eflow, _wsl], new(), "/state");

    private async Task<ObservedVirtualMachine> SeeAsync(VirtualMachineResource machine, VirtualMachineDriver? driver = null) =>
        (await ObserveAsync(machine, driver ?? Driver())).Machines["vm"];

    private static Task<ObservedState> ObserveAsync(VirtualMachineResource machine, VirtualMachineDriver driver) =>
        driver.ObserveAsync(ObservedState.Nothing, Desired(machine), CancellationToken.None);

    private static DesiredState Desired(Resource resource) => new("r1", ImmutableSortedDictionary<ResourceId, Resource>.Empty.Add(resource.Id, resource));

    private static VirtualMachineResource Machine(Func<VirtualMachineSpec, VirtualMachineSpec>? with = null) => new()
    {
        Id = new(KindNames.VirtualMachine, "vm"),
        Origin = new("vm.yaml", 1, 1),
        Machine = with is null ? new() : with(new()),
    };
}
