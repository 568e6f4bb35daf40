using EdgeOperator.Core.Kinds;
using EdgeOperator.Core.Kinds.VirtualMachine;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.Tests.Planning;

namespace EdgeOperator.Core.Tests.Kinds.VirtualMachine;

public class MachineReadinessTests
{
    private static readonly VirtualMachineResource Vm = Given.Machine("vm", vm => vm with { Provisioning = new() { Commands = ["true"] } });
    private static readonly ObservedVirtualMachine Running = Given.Running(Vm);

    [Fact]
    public void A_machine_is_ready_when_its_guest_has_answered_and_all_is_as_desired()
    {
        var report = Of(Running);

        (report.Level, report.Reason, report.Since).Should().Be((ReadinessLevel.Ready, "Running", Running.StartedAt));
    }

    [Fact]
    public void A_machine_is_on_its_way_until_then()
    {
        Of(Running with { Phase = MachinePhase.Stopped, Applied = null, IsAskedToRun = false }).Should().Match<ReadinessReport>(r => r.Reason == "Missing" && r.Level == ReadinessLevel.Progressing);
        Of(Running with { Phase = MachinePhase.Booting, Guest = null }).Should().Match<ReadinessReport>(r => r.Reason == "Booting" && r.Level == ReadinessLevel.Progressing);
        Of(Running with { Guest = Running.Guest! with { Provisioned = null } }).Should().Match<ReadinessReport>(r => r.Reason == "Provisioning" && r.Level == ReadinessLevel.Progressing);
        Of(Running with { Applied = Vm.Machine.Shape with { Cpus = 2 } }).Message.Should().Be("it is not changed yet: cpus 2→1");
        Of(Running with { Drift = [new("user root→app", false)] }).Reason.Should().Be("Outdated");
    }

    [Fact]
    public void What_a_busy_host_has_withheld_from_it_is_told_to_the_health_gate()
    {
        Of(Running with { Phase = MachinePhase.Booting, Guest = null, WaitedForHost = TimeSpan.FromSeconds(3) }).HostDelay.Should().Be(new HostDelay(Running.StartedAt!.Value, TimeSpan.FromSeconds(3)));
        Of(Running with { Phase = MachinePhase.Booting, Guest = null }).HostDelay.Should().BeNull();
    }

    [Fact]
    public void A_disk_that_is_larger_than_desired_is_no_difference_and_is_told() =>
        Of(Running with { Applied = Vm.Machine.Shape with { DiskSize = 100L << 30 } }).Should().Match<ReadinessReport>(r => r.IsReady && r.Message.Contains("stays at 100 GiB"));

    [Fact]
    public void What_went_wrong_is_what_the_machine_fails_with()
    {
        Of(Running with { Phase = MachinePhase.Stopped, Guest = null, Detail = "signal 9" }).Should().Match<ReadinessReport>(r => r.Level == ReadinessLevel.Failed && r.Message == "it has ended: signal 9");
        Of(Running with { Phase = MachinePhase.Paused, Detail = "the host's disk is full" }).Should().Match<ReadinessReport>(r => r.Level == ReadinessLevel.Failed && r.Message == "it is paused: the host's disk is full");
        Of(Running with { Phase = MachinePhase.Hung }).Level.Should().Be(ReadinessLevel.Failed);
        Of(Running with { Guest = Running.Guest! with { Problem = "no data disk" } }).Message.Should().Be("no data disk");
        var guest = Running.Guest! with { DiskTotal = 100L << 20, DiskUsed = 100L << 20 };
        Of(Running with { Guest = guest with { DiskAvailable = 0, DiskInodes = 10 } }).Should().Match<ReadinessReport>(r => r.Level == ReadinessLevel.Failed && r.Reason == "DiskFull" && r.Message.StartsWith("its data disk is full (100 of 100 MiB are used)"));
        Of(Running with { Guest = guest with { DiskAvailable = 50 << 20, DiskInodes = 0 } }).Message.Should().StartWith("its data disk can hold no more files");
        Of(Running with { Guest = guest with { DiskAvailable = 2 << 20, DiskInodes = 1 } }).Reason.Should().NotBe("DiskFull");
        Of(Running with { Guest = guest }).Reason.Should().NotBe("DiskFull", "an older guest does not say");
        Of(Running with { InteropProblem = "the host has no /bin/none" }).Should().Match<ReadinessReport>(r => r.Level == ReadinessLevel.Failed && r.Message == "the host has no /bin/none");
        Of(Running with { Broken = "its TPM has ended" }).Should().Match<ReadinessReport>(r => r.Level == ReadinessLevel.Failed && r.Message == "its TPM has ended");
        Of(Running with { Unavailable = "there is no QEMU" }).Level.Should().Be(ReadinessLevel.Failed);
        Of(Running with { Refused = "/etc may not be shared" }).Level.Should().Be(ReadinessLevel.Failed);
    }

    [Fact]
    public void A_machine_that_is_not_to_run_is_ready_when_it_does_not()
    {
        var off = Given.Machine("vm", vm => vm with { Power = MachinePower.Stopped });

        Of(Running with { Phase = MachinePhase.Stopped, IsAskedToRun = false }, off).Reason.Should().Be("Stopped");
        Of(Running, off).Level.Should().Be(ReadinessLevel.Progressing);
        Readiness.Assess(RegisteredKinds.All, Given.Desired(off), Given.Device(), [], Given.Now).Single().IsReady.Should().BeTrue();
    }

    [Fact]
    public void A_machine_that_an_operator_has_stopped_counts_neither_for_nor_against_a_revision()
    {
        var stopped = Given.Desired(Vm).WithStopped([Vm.Id]).Machines.Single();

        Of(Running with { Phase = MachinePhase.Stopped, IsAskedToRun = false }, stopped).Should().Match<ReadinessReport>(r => r.Level == ReadinessLevel.Suspended && r.Message == "an operator has stopped it: `edgeop vm start vm` starts it");
        Of(Running, stopped).Should().Match<ReadinessReport>(r => r.Level == ReadinessLevel.Suspended && r.Message == "an operator has stopped it, and it shuts down");
        var off = Given.Machine("vm", vm => vm with { Power = MachinePower.Stopped });
        Given.Desired(off).WithStopped([off.Id]).Machines.Single().Should().BeSameAs(off, "its manifest says so anyway");
    }

    private static ReadinessReport Of(ObservedVirtualMachine machine, VirtualMachineResource? desired = null) =>
        Readiness.Assess(RegisteredKinds.All, Given.Desired(desired ?? Vm), Given.Device().WithMachines(machine), [], Given.Now).Single();
}
