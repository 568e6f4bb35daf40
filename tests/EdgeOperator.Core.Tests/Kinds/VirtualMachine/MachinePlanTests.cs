using EdgeOperator.Core.Kinds.EdgeModule;
using EdgeOperator.Core.Kinds.VirtualMachine;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.State;
using EdgeOperator.Core.Tests.Planning;

namespace EdgeOperator.Core.Tests.Kinds.VirtualMachine;

public class MachinePlanTests
{
    private static readonly VirtualMachineResource Vm = Given.Machine("vm");
    private static readonly ObservedVirtualMachine Running = Given.Running(Vm);
    private static readonly string Image = Given.MachineImage("a1").Sha256;
    private static readonly string NewImage = Given.MachineImage("b2").Sha256;

    [Fact]
    public void A_machine_that_runs_as_desired_needs_nothing() => Plan(Running).ShouldChangeNothing();

    [Fact]
    public void A_machine_that_an_operator_has_stopped_is_stopped_and_stays_so_whatever_is_desired_of_it()
    {
        var stopped = Given.Desired(Given.Machine("vm", vm => vm with { Shape = vm.Shape with { Cpus = 2 } })).WithStopped([Vm.Id, Given.MachineId("none")]);

        Given.PlanFor(stopped, Given.Device().WithMachines(Running)).Steps.Should().ContainSingle().Which.Should().BeOfType<StopMachine>().Which.Reason.Should().Be("an operator has stopped it");
        Given.PlanFor(stopped, Given.Device().WithMachines(Running with { Phase = MachinePhase.Stopped, IsAskedToRun = false, Guest = null })).ShouldChangeNothing();
    }

    [Fact]
    public void A_machine_that_boots_needs_nothing_but_time() =>
        Plan(Running with { Phase = MachinePhase.Booting, Guest = null }, vm => Provisioned(vm)).ShouldChangeNothing();

    [Fact]
    public void A_new_machine_starts_once_its_image_is_there()
    {
        var plan = Given.PlanFor(Given.Desired(Vm), Given.Device());

        plan.Summary().Should().Equal($"fetch {Vm.Id} {Image}", $"start {Vm.Id} {Vm.SpecHash}");
        plan.Steps[1].Requires.Should().Equal(plan.Steps[0].Id);
        plan.Steps[1].Should().BeOfType<StartMachine>().Which.Should().BeEquivalentTo(new { Repair = false, FreshSystem = false, Reason = "it is new" });
    }

    [Fact]
    public void Nothing_changes_before_a_new_image_is_fetched()
    {
        var plan = Given.PlanFor(Given.Desired(Vm, Given.Module("web")), Given.Device([], "app:1"), Given.Uncommitted);

        plan.IsFetched.Should().BeFalse();
        plan.Steps.Single(step => step is CreateContainer).Requires.Should().Contain(plan.Steps.Single(step => step is Milestone).Id);
    }

    [Fact]
    public void A_restart_names_each_change_that_needs_it()
    {
        var plan = Plan(Running, vm => vm with { Shape = vm.Shape with { Memory = 2L << 30, Cpus = 2, Network = new() { Dns = ["1.1.1.1"] } } });

        plan.Steps.Select(step => step.GetType().Name).Should().Equal(nameof(StopMachine), nameof(StartMachine));
        plan.Steps.Should().OnlyContain(step => step.Reason == "requires restart because memory 1024→2048 MiB; cpus 1→2");
        plan.Steps[1].Requires.Should().Equal(plan.Steps[0].Id);
        ((StartMachine)plan.Steps[1]).Repair.Should().BeFalse();
    }

    [Fact]
    public void A_machine_that_could_not_be_started_again_is_not_stopped_and_waits_for_what_is_missing()
    {
        var obstacle = Running with { StartObstacle = "the shared folder /srv/a is not there" };

        var plan = Plan(obstacle, vm => vm with { Shape = vm.Shape with { Memory = 2L << 30 } });
        plan.Steps.Should().BeEmpty();
        plan.Blocked.Should().ContainSingle().Which.Should().Match<BlockedResource>(b => b.Reason == BlockedReason.PreconditionFailed && b.Message == "the shared folder /srv/a is not there" && b.IsProblem);

        Plan(obstacle with { Phase = MachinePhase.Stopped, Guest = null }).Blocked.Should().ContainSingle();
        Plan(obstacle with { Phase = MachinePhase.Hung }).Blocked.Should().ContainSingle();
    }

    [Fact]
    public void A_machine_is_neither_stopped_nor_changed_for_programs_that_the_host_does_not_have_but_started_without_them()
    {
        var lacking = Running with { InteropProblem = "the host has no /bin/none" };

        Plan(lacking).ShouldChangeNothing();
        Plan(lacking, vm => vm with { Shape = vm.Shape with { Interop = new() { User = "app" } } }).Blocked.Should().ContainSingle().Which.Message.Should().Be("the host has no /bin/none");
        Plan(lacking, vm => vm with { Shape = vm.Shape with { Cpus = 2 } }).Blocked.Should().ContainSingle();
        Plan(lacking with { Phase = MachinePhase.Stopped, Guest = null }).Steps.Should().ContainSingle().Which.Should().BeOfType<StartMachine>();
    }

    [Fact]
    public void What_needs_no_start_does_not_wait_for_what_a_start_would_need()
    {
        var obstacle = Running with { StartObstacle = "the shared folder /srv/a is not there" };

        Plan(obstacle).ShouldChangeNothing();
        Plan(obstacle, vm => vm with { Shape = vm.Shape with { DiskSize = 20L << 30 } }).Steps.Should().ContainSingle().Which.Should().BeOfType<ChangeMachine>();
        Plan(obstacle with { Phase = MachinePhase.Paused }).Steps.Should().ContainSingle().Which.Should().BeOfType<StartMachine>();
        Plan(obstacle, vm => vm with { Power = MachinePower.Stopped }).Steps.Should().ContainSingle().Which.Should().BeOfType<StopMachine>();
    }

    public static TheoryData<string, Func<VirtualMachineConfig, VirtualMachineConfig>> Restarting => new()
    {
        { "image a10000000000→b20000000000", shape => shape with { Image = Given.MachineImage("b2") } },
        { "TPM off→on", shape => shape with { Tpm = true } },
        { "shared folders +/srv/a at /mnt/a (read-only)", shape => shape with { SharedFolders = [new("/srv/a", "/mnt/a", ReadOnly: true)] } },
        { "network user→isolated", shape => shape with { Network = new() { Mode = MachineNetworkMode.Isolated } } },
        { "network user→bridge; network interface none→br0; address DHCP→10.0.0.5/24", shape => shape with { Network = new() { Mode = MachineNetworkMode.Bridge, Interface = "br0", Address = "10.0.0.5/24" } } },
    };

    [Theory]
    [MemberData(nameof(Restarting))]
    public void What_QEMU_can_not_change_needs_a_restart(string change, Func<VirtualMachineConfig, VirtualMachineConfig> with) =>
        Plan(Running with { Images = [Image, NewImage] }, vm => vm with { Shape = with(vm.Shape) }).Steps.Should().Contain(step => step is StartMachine)
            .And.Contain(step => step is StopMachine).And.OnlyContain(step => step is RemoveMachineImage || step.Reason == $"requires restart because {change}");

    public static TheoryData<string, Func<VirtualMachineConfig, VirtualMachineConfig>> Live => new()
    {
        { "disk 10→20 GiB", shape => shape with { DiskSize = 20L << 30 } },
        { "disk 10240→10752 MiB", shape => shape with { DiskSize = (10L << 30) + (512L << 20) } },
        { "DNS the network's→1.1.1.1", shape => shape with { Network = new() { Dns = ["1.1.1.1"] } } },
        { "forwards +127.0.0.1:80:8080/tcp", shape => shape with { Network = new() { Forwards = [new("127.0.0.1", 80, 8080, "tcp")] } } },
        { "interop on→off; shared variables +A/p; host programs +df=/bin/df", shape => shape with { Interop = new() { Enabled = false, Env = ["A/p"], Programs = Interop.Programs.Add("df", "/bin/df") } } },
    };

    private static MachineInterop Interop => new();

    [Theory]
    [MemberData(nameof(Live))]
    public void What_QEMU_can_change_needs_no_restart(string change, Func<VirtualMachineConfig, VirtualMachineConfig> with) =>
        Plan(Running, vm => vm with { Shape = with(vm.Shape) }).Steps.Should().ContainSingle().Which.Should().BeOfType<ChangeMachine>()
            .Which.Reason.Should().Be($"without a restart: {change}");

    [Fact]
    public void The_order_of_forwards_and_folders_is_no_difference()
    {
        PortForward[] forwards = [new("127.0.0.1", 80, 80, "tcp"), new("127.0.0.1", 81, 81, "tcp")];
        SharedFolder[] folders = [new("/srv/a", "/mnt/a", true), new("/srv/b", "/mnt/b", true)];
        var applied = Vm.Machine.Shape with { Network = new() { Forwards = [.. forwards] }, SharedFolders = [.. folders] };

        Plan(Running with { Applied = applied }, vm => vm with { Shape = applied with { Network = new() { Forwards = [.. forwards.Reverse()] }, SharedFolders = [.. folders.Reverse()] } })
            .ShouldChangeNothing();
    }

    [Fact]
    public void Each_driver_restarts_for_what_it_can_not_change()
    {
        static VirtualMachineSpec Change(VirtualMachineSpec vm) => vm with { Shape = vm.Shape with { SharedFolders = [new("C:\\a", "/mnt/a", true)] } };

        Plan(Running with { Driver = MachineDriver.Eflow }, Change).Steps.Should().ContainSingle().Which.Should().BeOfType<ChangeMachine>();
        Plan(Running with { Driver = MachineDriver.Wsl }, Change).Steps.Should().Contain(step => step is StopMachine);
    }

    [Fact]
    public void What_only_the_driver_sees_counts_as_well()
    {
        Plan(Running with { Drift = [new("user root→app", NeedsRestart: false)] }).Steps.Should().ContainSingle().Which.Should().BeOfType<ChangeMachine>();
        Plan(Running with { Drift = [new("GPU none→A2", NeedsRestart: true)] }).Steps.OfType<StopMachine>().Single().Reason.Should().Be("requires restart because GPU none→A2");
    }

    [Theory]
    [InlineData(MachinePhase.Booting, true)]
    [InlineData(MachinePhase.Running, true)]
    [InlineData(MachinePhase.Stopped, false)]
    public void The_command_line_is_given_access_to_a_machine_that_runs(MachinePhase phase, bool granted) =>
        Plan(Running with { Phase = phase, IsAccessOutdated = true }).Steps.OfType<GrantMachineAccess>().Should().HaveCount(granted ? 1 : 0);

    [Fact]
    public void A_machine_with_a_new_image_starts_over_from_it_after_it_was_fetched()
    {
        var plan = Plan(Running, vm => vm with { Shape = vm.Shape with { Image = Given.MachineImage("b2") } });

        plan.Steps.Select(step => step.GetType().Name).Should().Equal(nameof(FetchMachineImage), nameof(StopMachine), nameof(StartMachine));
        plan.Steps[1].Requires.Should().Equal(plan.Steps[0].Id);
        ((StartMachine)plan.Steps[2]).FreshSystem.Should().BeTrue();
    }

    [Fact]
    public void A_machine_that_ended_unasked_is_started_again_and_that_counts_as_a_repair()
    {
        var start = Plan(Running with { Phase = MachinePhase.Stopped, Guest = null, Detail = "signal 9" }).Steps.Should().ContainSingle().Subject;

        start.Should().BeOfType<StartMachine>().Which.Should().BeEquivalentTo(new { Repair = true, FreshSystem = false, Reason = "it has ended: signal 9" });
    }

    [Fact]
    public void A_machine_that_was_stopped_between_its_stop_and_its_start_is_started_without_blame() =>
        Plan(Running with { Phase = MachinePhase.Stopped, Guest = null, IsAskedToRun = false }).Steps.Should().ContainSingle()
            .Which.Should().BeOfType<StartMachine>().Which.Repair.Should().BeFalse();

    [Fact]
    public void A_damaged_system_disk_is_made_anew() =>
        Plan(Running with { Phase = MachinePhase.Stopped, Guest = null, SystemDisk = MachineDiskState.Damaged }).Steps.Should().ContainSingle()
            .Which.Should().BeOfType<StartMachine>().Which.Should().BeEquivalentTo(new { FreshSystem = true, Repair = true });

    [Fact]
    public void A_system_disk_of_unknown_origin_is_made_anew() =>
        Plan(Running with { Phase = MachinePhase.Stopped, Guest = null, Applied = null, IsAskedToRun = false }).Steps.Should().ContainSingle()
            .Which.Should().BeOfType<StartMachine>().Which.FreshSystem.Should().BeTrue();

    [Fact]
    public void A_machine_that_hangs_is_restarted() =>
        Plan(Running with { Phase = MachinePhase.Hung }).Summary().Should().Equal($"stop {Vm.Id}", $"start {Vm.Id} {Vm.SpecHash}");

    [Fact]
    public void A_machine_that_is_paused_is_asked_to_go_on() =>
        Plan(Running with { Phase = MachinePhase.Paused, Detail = "the host's disk is full" }).Steps.Should().ContainSingle()
            .Which.Should().BeOfType<StartMachine>().Which.Reason.Should().Be("it is paused: the host's disk is full");

    [Theory]
    [InlineData(MachinePhase.Booting)]
    [InlineData(MachinePhase.Running)]
    public void A_machine_whose_TPM_has_ended_is_started_again(MachinePhase phase)
    {
        var steps = Plan(Running with { Phase = phase, Broken = "its TPM has ended" }).Steps;

        steps.Select(step => step.Reason).Should().OnlyContain(reason => reason == "requires restart because its TPM has ended").And.HaveCount(2);
        steps[^1].Should().BeOfType<StartMachine>().Which.Repair.Should().BeTrue("one whose TPM ends again and again is not to be started without a pause");
    }

    [Fact]
    public void A_machine_that_was_started_again_lately_is_left_in_peace_for_a_while()
    {
        var later = Given.Now.AddSeconds(10);
        var plan = Given.PlanFor(Given.Desired(Vm), With(Running with { Phase = MachinePhase.Stopped, Guest = null }), Inventory.Empty with
        {
            BackOff = Inventory.Empty.BackOff.Add(Vm.Id, new(Vm.SpecHash, 1, later, "Restarted", "it has ended")),
        });

        plan.Steps.Should().BeEmpty();
        plan.Blocked.Should().ContainSingle().Which.Until.Should().Be(later);
    }

    [Fact]
    public void A_guest_is_provisioned_when_it_answers_and_has_another_provisioning()
    {
        var provision = Plan(Running, Provisioned).Steps.Should().ContainSingle().Which.Should().BeOfType<ProvisionMachine>().Subject;

        provision.Provisioning.Should().Be(Provisioned(Vm.Machine).Provisioning.Hash);
        Plan(Running with { Guest = Running.Guest! with { Provisioned = provision.Provisioning } }, Provisioned).ShouldChangeNothing();
        Plan(Running with { Guest = Running.Guest! with { Provisioned = "other" } }, Provisioned).Steps.Should().ContainSingle();
    }

    [Fact]
    public void What_a_guest_was_provisioned_with_goes_when_nothing_is_to_be_in_it_any_more()
    {
        var nothing = Vm.Machine.Provisioning.Hash;

        Plan(Running with { Guest = Running.Guest! with { Provisioned = "other" } }).Steps.Should().ContainSingle().Which.Should().BeOfType<ProvisionMachine>().Which.Provisioning.Should().Be(nothing);
        Plan(Running with { Guest = Running.Guest! with { Provisioned = nothing } }).ShouldChangeNothing();
        Plan(Running with { Guest = Running.Guest! with { Provisioned = null } }).ShouldChangeNothing();
    }

    [Fact]
    public void A_machine_that_is_not_to_run_is_stopped_and_fetches_nothing()
    {
        static VirtualMachineSpec Off(VirtualMachineSpec vm) => vm with { Power = MachinePower.Stopped, Shape = vm.Shape with { Image = Given.MachineImage("b2") } };

        Plan(Running, Off).Summary().Should().Equal($"stop {Vm.Id}");
        Plan(Running with { Phase = MachinePhase.Stopped }, Off).Summary().Should().Equal($"stop {Vm.Id}");
        Plan(Running with { Phase = MachinePhase.Stopped, IsAskedToRun = false }, Off).ShouldChangeNothing();
        Given.PlanFor(Given.Desired(Given.Machine("vm", Off)), Given.Device()).ShouldChangeNothing();
    }

    [Theory]
    [InlineData(MachinePhase.Stopped, true)]
    [InlineData(MachinePhase.Hung, true)]
    [InlineData(MachinePhase.Running, false)]
    public void A_damaged_data_disk_is_never_started_from_nor_replaced(MachinePhase phase, bool held) =>
        Plan(Running with { Phase = phase, DataDisk = MachineDiskState.Damaged, Detail = "bad header" })
            .Blocked.Select(hold => (hold.Reason, hold.IsProblem)).Should().Equal(held ? [(BlockedReason.DiskDamaged, true)] : []);

    [Fact]
    public void A_disk_that_would_shrink_is_refused()
    {
        var plan = Given.PlanFor(
            Given.Desired(Vm), With(Running with { Applied = Vm.Machine.Shape with { DiskSize = 20L << 30 } }),
            Given.Uncommitted with { LastGoodDisks = Inventory.Empty.LastGoodDisks.Add(Vm.Id, 20L << 30) });

        plan.Steps.Should().BeEmpty();
        plan.Blocked.Should().ContainSingle().Which.Message.Should().StartWith("disk 20→10 GiB is refused: a disk only grows");
    }

    [Theory]
    [InlineData(10)]
    [InlineData(15)]
    public void A_disk_that_has_grown_for_a_revision_that_was_rolled_back_stays_so_and_refuses_nothing(int desired)
    {
        var machine = Given.Machine("vm", vm => vm with { Shape = vm.Shape with { DiskSize = (long)desired << 30 } });
        var found = Running with { Applied = machine.Machine.Shape with { DiskSize = 20L << 30, Cpus = 2 } };
        var good = Given.Uncommitted with { LastGoodDisks = Inventory.Empty.LastGoodDisks.Add(Vm.Id, 10L << 30) };

        Given.PlanFor(Given.Desired(machine), With(found), good).Steps.OfType<StartMachine>().Single().Reason.Should().Be("requires restart because cpus 2→1");
        VirtualMachineChanges.Surplus(machine, found).Should().Be($"its disk stays at 20 GiB where {desired} GiB is declared: a disk never shrinks");
        VirtualMachineChanges.Surplus(machine, found with { Applied = machine.Machine.Shape }).Should().BeNull();
    }

    [Fact]
    public void A_disk_that_an_earlier_machine_of_the_name_has_left_is_taken_as_it_is() =>
        Given.PlanFor(Given.Desired(Vm), With(Running with { Applied = Vm.Machine.Shape with { DiskSize = 20L << 30 } }), Given.Uncommitted).ShouldChangeNothing();

    [Fact]
    public void EFLOW_can_not_resize_a_disk() =>
        Plan(Running with { Driver = MachineDriver.Eflow }, vm => vm with { Shape = vm.Shape with { DiskSize = 20L << 30 } })
            .Blocked.Should().ContainSingle().Which.Reason.Should().Be(BlockedReason.DiskRefused);

    [Fact]
    public void A_machine_of_QEMU_without_an_image_is_held() =>
        Given.PlanFor(Given.Desired(Given.Machine("vm", vm => vm with { Shape = vm.Shape with { Image = null } })), With(new ObservedVirtualMachine { Name = "vm", Driver = MachineDriver.Qemu }))
            .Blocked.Should().ContainSingle().Which.Reason.Should().Be(BlockedReason.ImageMissing);

    [Fact]
    public void What_the_host_can_not_have_is_held_and_what_runs_is_left_alone()
    {
        Plan(Running with { Refused = "/etc may not be shared" }, vm => vm with { Shape = vm.Shape with { Cpus = 2 } })
            .Blocked.Should().ContainSingle().Which.Message.Should().Be("/etc may not be shared");
        Plan(Running with { Unavailable = "there is no QEMU" }).Blocked.Should().ContainSingle().Which.Reason.Should().Be(BlockedReason.DriverUnavailable);
        Plan(Running, vm => vm with { Driver = MachineDriver.Wsl }).Blocked.Should().ContainSingle().Which.Message.Should().StartWith("it was made by qemu and can't be moved to wsl");
    }

    [Fact]
    public void A_module_waits_for_the_machine_that_it_depends_on()
    {
        var plan = Given.PlanFor(Given.Desired(Vm, Given.Module("web", dependsOn: "VirtualMachine/vm")), Given.Device([], "app:1").WithMachines(Running with { Phase = MachinePhase.Booting, Guest = null }));

        plan.Steps.Single(step => step is CreateContainer).Requires.Should().Contain($"await {Vm.Id}");
        Given.PlanFor(Given.Desired(Vm, Given.Module("web", dependsOn: "VirtualMachine/vm")), Given.Device([], "app:1").WithMachines(Running))
            .Steps.Should().NotContain(step => step is AwaitReady);
    }

    [Fact]
    public void A_machine_that_is_gone_stops_at_once_and_is_removed_with_its_image_when_committed()
    {
        Given.PlanFor(Given.Desired(), With(Running), Given.Uncommitted).Summary().Should().Equal($"stop {Vm.Id}");
        var plan = Given.PlanFor(Given.Desired(), With(Running));
        plan.Summary().Should().Equal($"stop {Vm.Id}", $"remove {Vm.Id}", $"remove {Vm.Id} {Image}");
        plan.Steps[1].Requires.Should().Equal(plan.Steps[0].Id);
        plan.Steps[2].Requires.Should().Equal(plan.Steps[1].Id);
    }

    [Fact]
    public void A_machine_of_which_only_data_are_left_is_left_alone() =>
        Given.PlanFor(Given.Desired(), With(new ObservedVirtualMachine { Name = "vm", Driver = MachineDriver.Qemu, DataDisk = MachineDiskState.Good })).ShouldChangeNothing();

    [Fact]
    public void A_machine_that_is_protected_stays() =>
        Given.PlanFor(Given.Desired(), With(Running), Inventory.Empty with { Retained = [Vm.Id] }).ShouldChangeNothing();

    [Fact]
    public void An_image_goes_when_no_machine_is_made_from_it_and_nothing_may_be_undone()
    {
        var other = Given.Machine("other");
        var found = Running with { Images = [Image, NewImage, "old"] };
        var beside = Given.Running(other) with { Images = found.Images, Applied = other.Machine.Shape with { Image = Given.MachineImage("b2") }, Phase = MachinePhase.Stopped, IsAskedToRun = false };
        var device = Given.Device().WithMachines(found, beside);
        var stopped = Given.Machine("other", vm => vm with { Power = MachinePower.Stopped });

        Given.PlanFor(Given.Desired(Vm, stopped), device).Summary().Should().Equal("remove VirtualMachine/other old");
        Given.PlanFor(Given.Desired(Vm, stopped), device, Given.Uncommitted).ShouldChangeNothing();
        Given.PlanFor(Given.Desired(Vm, stopped), device, Inventory.Empty with { IsFetchingNext = true }).ShouldChangeNothing();
    }

    private static VirtualMachineSpec Provisioned(VirtualMachineSpec vm) => vm with { Provisioning = new() { Commands = ["true"] } };

    private static Plan Plan(ObservedVirtualMachine found, Func<VirtualMachineSpec, VirtualMachineSpec>? with = null) =>
        Given.PlanFor(Given.Desired(Given.Machine("vm", with)), With(found));

    private static ObservedState With(ObservedVirtualMachine machine) => Given.Device().WithMachines(machine);
}
