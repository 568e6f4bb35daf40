using System.Collections.Immutable;
using System.Text;
using EdgeOperator.Agent.Kinds.VirtualMachine.Eflow;
using EdgeOperator.Agent.Tests.Kinds.VirtualMachine.Windows;
using EdgeOperator.Core.Kinds.VirtualMachine;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeOperator.Agent.Tests.Kinds.VirtualMachine.Eflow;

/// <summary>Against a script that stands in for PowerShell and answers with recorded outputs; Windows itself is not here.</summary>
public sealed class EflowDriverTests : IAsyncLifetime
{
    private static readonly VirtualMachineSpec Spec = new()
    {
        Shape = new() { Cpus = 2, Memory = 2L << 30, SharedFolders = [new(@"C:\Shared\data", "/mnt/data", ReadOnly: true)] },
        Eflow = new() { AcceptEula = true },
    };

    private readonly CaseFolder _windows = new("eflow", "powershell.sh");
    private readonly EflowDriver _driver;
    private readonly VirtualMachineResource _machine = GivenMachine.Of(Spec);

    public EflowDriverTests() => _driver = new(_windows.Root, _windows.Program, TimeProvider.System, NullLoggerFactory.Instance);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _driver.DisposeAsync();
        _windows.Dispose();
    }

    [Fact]
    public async Task A_host_without_EFLOW_says_what_to_install()
    {
        _windows.Touch("uninstalled");

        (await ObserveAsync()).Unavailable.Should().Contain("install Azure IoT Edge for Linux on Windows");
    }

    [Fact]
    public async Task A_host_without_PowerShell_is_no_failure()
    {
        await using var driver = new EflowDriver(_windows.Root, "/nowhere/powershell.exe", TimeProvider.System, NullLoggerFactory.Instance);

        (await driver.ObserveAsync([_machine], default)).Single().Unavailable.Should().Contain("/nowhere/powershell.exe can't be started");
    }

    [Fact]
    public async Task A_machine_is_deployed_once_and_started_after_that()
    {
        (await ObserveAsync()).Should().Match<ObservedVirtualMachine>(m => m.Unavailable == null && m.Applied == null && m.Phase == MachinePhase.Stopped);

        (await DoAsync(new StartMachine(_machine.Id, "test", "h"))).Should().BeOfType<StepOutcome.Succeeded>();
        var running = await ObserveAsync();
        (await DoAsync(new StopMachine(_machine.Id, "test"))).Should().BeOfType<StepOutcome.Succeeded>();
        var stopped = await ObserveAsync();
        (await DoAsync(new StartMachine(_machine.Id, "test", "h"))).Should().BeOfType<StepOutcome.Succeeded>();

        running.Should().Match<ObservedVirtualMachine>(m => m.Phase == MachinePhase.Running && m.IsAskedToRun && m.Detail == "at 172.27.120.111");
        running.Applied.Should().BeEquivalentTo(Spec.Shape);
        running.Guest!.Should().Match<GuestReport>(g => g.Engine == "20.10.25+azure" && g.Provisioned == "0123456789abcdef" && g.Uptime == TimeSpan.FromSeconds(432));
        running.Guest!.Addresses.Should().Equal("172.27.120.111");
        stopped.Should().Match<ObservedVirtualMachine>(m => m.Phase == MachinePhase.Stopped && !m.IsAskedToRun && m.Guest == null);
        Scripts("Deploy-Eflow").Should().ContainSingle().Which.Should().Contain("-cpuCount 2 -memoryInMB 2048 -vmDataSize 10").And.Contain("-sharedFoldersJsonPath");
        File.ReadAllText(Path.Combine(_windows.Root, ".eflow", "sharedFolders.json")).Should()
            .Be("""[{"sharedFolderRoot":"C:\\Shared","sharedFolders":[{"hostFolderPath":"data","readOnly":true,"targetFolderOnGuest":"/mnt/data"}]}]""");
        Scripts("Set-EflowVM ").Should().BeEmpty("the machine is as big as it should be");
    }

    [Fact]
    public async Task A_bigger_machine_is_set_while_it_runs()
    {
        await DoAsync(new StartMachine(_machine.Id, "test", "h"));
        var bigger = GivenMachine.Of(Spec with { Shape = Spec.Shape with { Memory = 4L << 30, SharedFolders = [new(@"C:\Shared\there", "/mnt/there", false), new(@"C:\Shared\new", "/mnt/new", false)] } });

        (await DoAsync(new StartMachine(_machine.Id, "test", "h2"), bigger)).Should().BeOfType<StepOutcome.Succeeded>();

        Scripts("Set-EflowVM ").Should().ContainSingle().Which.Should().Contain("-memoryInMB 4096").And.Contain("Start-EflowVm");
        Scripts("Remove-EflowVmSharedFolder").Should().ContainSingle().Which.Should().Contain(@"-sharedfolderRoot 'C:\Shared' -hostFolderPath 'data'");
        File.ReadAllText(Path.Combine(_windows.Root, ".eflow", "sharedFolders.json")).Should().Contain("new").And.NotContain("there", "it is shared already");
    }

    [Fact]
    public async Task A_second_machine_is_told_that_a_host_has_one()
    {
        await DoAsync(new StartMachine(_machine.Id, "test", "h"));
        var other = GivenMachine.Of(Spec, "another");

        var seen = await _driver.ObserveAsync([other, _machine], default);

        seen.Single(m => m.Name == "another").Unavailable.Should().Contain("EFLOW has one machine a host, and on this one it is edge");
        seen.Single(m => m.Name == "edge").Unavailable.Should().BeNull();
    }

    [Fact]
    public async Task A_machine_of_somebody_else_is_left_alone()
    {
        _windows.Touch("deployed");
        _windows.Touch("running");

        (await ObserveAsync()).Unavailable.Should().Contain("deployed by somebody else");
        (await DoAsync(new StartMachine(_machine.Id, "test", "h"))).Should().BeOfType<StepOutcome.Terminal>();
        (await DoAsync(new StopMachine(_machine.Id, "test"))).Should().BeOfType<StepOutcome.Succeeded>();
        File.Exists(_windows["running"]).Should().BeTrue();
    }

    [Fact]
    public async Task What_EFLOW_refuses_is_tried_again_and_said_in_its_own_words()
    {
        _windows.Touch("refuse-Deploy-Eflow", "Virtual switch not found");

        (await DoAsync(new StartMachine(_machine.Id, "test", "h")))
            .Should().Be(new StepOutcome.Retry("EflowRefused", @"Virtual switch not found; EFLOW's logs are in C:\ProgramData\eflow-logs.zip"));
        (await ObserveAsync()).Applied.Should().BeNull();
    }

    [Fact]
    public async Task What_EFLOW_can_t_do_is_not_even_tried()
    {
        var outcome = await DoAsync(new StartMachine(_machine.Id, "test", "h"), GivenMachine.Of(Spec with { Eflow = null }));

        outcome.Should().BeOfType<StepOutcome.Terminal>().Which.Message.Should().Contain("eflow.acceptEula");
        (await _driver.ObserveAsync([GivenMachine.Of(Spec with { Eflow = null })], default)).Single().Refused.Should().Contain("eflow.acceptEula");
        Scripts("Deploy-Eflow").Should().BeEmpty();
    }

    [Fact]
    public async Task A_disk_of_another_size_is_refused()
    {
        await DoAsync(new StartMachine(_machine.Id, "test", "h"));

        var outcome = await DoAsync(new StartMachine(_machine.Id, "test", "h2"), GivenMachine.Of(Spec with { Shape = Spec.Shape with { DiskSize = 20L << 30 } }));

        outcome.Should().BeOfType<StepOutcome.Terminal>().Which.Message.Should().Contain("10 GiB");
    }

    [Fact]
    public async Task Passes_that_follow_each_other_closely_ask_once_and_again_after_a_step()
    {
        await using var driver = new EflowDriver(_windows.Root, _windows.Program, new StandingClock(), NullLoggerFactory.Instance);
        await driver.ObserveAsync([_machine], default);
        await driver.ObserveAsync([_machine], default);
        Scripts("Verify-EflowVm").Should().ContainSingle();

        await DoAsync(new StartMachine(_machine.Id, "test", "h"), driver: driver);

        (await driver.ObserveAsync([_machine], default)).Single().Phase.Should().Be(MachinePhase.Running);
    }

    [Fact]
    public async Task Another_address_is_refused_before_anything_is_stopped()
    {
        await DoAsync(new StartMachine(_machine.Id, "test", "h"));
        var moved = GivenMachine.Of(Spec with { Shape = Spec.Shape with { Network = new() { Address = "10.0.0.2/24", Gateway = "10.0.0.1" } }, Eflow = Spec.Eflow! with { SwitchName = "s" } });

        (await _driver.ObserveAsync([moved], default)).Single().Refused.Should().Contain("can't change the address");
    }

    [Fact]
    public async Task A_host_that_is_too_small_is_named()
    {
        (await DoAsync(new StartMachine(_machine.Id, "test", "a"), GivenMachine.Of(Spec with { Shape = Spec.Shape with { Cpus = 5 } })))
            .Should().BeOfType<StepOutcome.Terminal>().Which.Message.Should().Contain("4 logical processors");
        (await DoAsync(new StartMachine(_machine.Id, "test", "b"), GivenMachine.Of(Spec with { Shape = Spec.Shape with { Memory = 16L << 30 } })))
            .Should().BeOfType<StepOutcome.Retry>().Which.Message.Should().Contain("8192 MiB left");
    }

    [Fact]
    public async Task Features_and_the_identity_are_set_on_the_running_machine_and_secrets_stay_out_of_arguments_and_notes()
    {
        await DoAsync(new StartMachine(_machine.Id, "test", "h"));
        var machine = GivenMachine.Of(Spec with
        {
            Shape = Spec.Shape with { Tpm = true },
            Eflow = Spec.Eflow! with
            {
                Features = ["Defender"],
                Identity = ImmutableSortedDictionary<string, string>.Empty.Add("provisioningType", "ManualConnectionString").Add("devConnString", "HostName=h;SharedAccessKey=secret"),
            },
        });
        var before = (await _driver.ObserveAsync([machine], default)).Single().Drift;

        (await DoAsync(new ChangeMachine(_machine.Id, "test", "h2"), machine))
            .Should().BeOfType<StepOutcome.Succeeded>().Which.Note.Should().Contain("RUs=").And.Contain("edge-tpm");

        before.Should().BeEquivalentTo([new MachineChange("EFLOW's Defender", false), new("EFLOW's DpsTpm", false), new("EFLOW's identity", false)]);
        (await _driver.ObserveAsync([machine], default)).Single().Drift.Should().BeEmpty();
        Scripts("Set-EflowVmFeature").Should().HaveCount(2).And.OnlyContain(script => script.Contains("-enable"));
        Scripts("Provision-EflowVm").Should().ContainSingle().Which.Should().Contain("-provisioningType 'ManualConnectionString' -devConnString 'HostName=h;SharedAccessKey=secret'");
        _windows.Calls("arguments").Should().NotContain(arguments => arguments.Contains("secret"));
        File.ReadAllText(Path.Combine(_windows.Root, ".eflow", "note.json")).Should().NotContain("secret");
    }

    [Fact]
    public async Task Another_graphics_card_needs_a_restart()
    {
        await DoAsync(new StartMachine(_machine.Id, "test", "h"));
        await DoAsync(new ChangeMachine(_machine.Id, "test", "h"));
        var machine = GivenMachine.Of(Spec with { Eflow = Spec.Eflow! with { GpuName = "T4", GpuPassthrough = "DirectDeviceAssignment" } });

        (await _driver.ObserveAsync([machine], default)).Single().Drift.Should().Equal(new MachineChange("EFLOW's gpu", NeedsRestart: true));
        await DoAsync(new StartMachine(_machine.Id, "test", "h2"), machine);

        (await _driver.ObserveAsync([machine], default)).Single().Drift.Should().BeEmpty();
        Scripts("Set-EflowVM ").Should().ContainSingle().Which.Should().Contain("-gpuName 'T4' -gpuPassthroughType 'DirectDeviceAssignment' -gpuCount 1");
    }

    [Fact]
    public async Task Provisioning_puts_files_into_the_guest_and_runs_commands_there()
    {
        await DoAsync(new StartMachine(_machine.Id, "test", "h"));
        var machine = GivenMachine.Of(Spec with
        {
            Provisioning = new() { Files = [new("/etc/aziot/extra.toml", "a = 1"u8.ToArray(), 0x1a4, null)], Commands = ["systemctl restart aziot-edged"] },
        });

        (await DoAsync(new ProvisionMachine(_machine.Id, "test", machine.Machine.Provisioning.Hash), machine)).Should().BeOfType<StepOutcome.Succeeded>();

        File.ReadAllText(_windows["pushed"]).Should().Contain("part='file /etc/aziot/extra.toml'").And.Contain(machine.Machine.Provisioning.Hash);
        Scripts("sudo sh /home/iotedge-user/.edgeoperator/provision.sh").Should().ContainSingle();
        Directory.GetFiles(Path.Combine(_windows.Root, ".eflow")).Select(Path.GetFileName).Should().BeEquivalentTo("note.json", "note.json.copy", "sharedFolders.json");
    }

    [Fact]
    public async Task A_machine_that_is_not_wanted_any_more_is_stopped_and_found_again()
    {
        await DoAsync(new StartMachine(_machine.Id, "test", "h"));

        var outcome = await DoAsync(new RemoveMachine(_machine.Id, "test"), none: true);

        outcome.Should().BeOfType<StepOutcome.Succeeded>().Which.Note.Should().Contain("uninstalling Azure IoT Edge");
        File.Exists(_windows["running"]).Should().BeFalse();
        (await _driver.ObserveAsync([], default)).Should().BeEmpty();
        (await ObserveAsync()).Should().Match<ObservedVirtualMachine>(m => m.Unavailable == null && m.Applied != null && m.DataDisk == MachineDiskState.Good);
    }

    [Fact]
    public async Task The_command_line_is_told_how_to_enter_while_the_machine_is_to_run()
    {
        var file = Path.Combine(_windows.Root, "edge", MachineAccess.FileName);
        await ObserveAsync();
        await DoAsync(new StartMachine(_machine.Id, "test", "h"));
        (await ObserveAsync()).IsAccessOutdated.Should().BeTrue();
        Directory.Exists(Path.Combine(_windows.Root, "edge")).Should().BeFalse("to look changes nothing");
        (await DoAsync(new GrantMachineAccess(_machine.Id, "test"))).Should().BeOfType<StepOutcome.Succeeded>();

        MachineAccess.Parse(await File.ReadAllBytesAsync(file)).Should().Match<MachineAccess>(a => a.SignIn == "iotedge-user" && a.SharedFolders.Single() == Spec.Shape.SharedFolders.Single());
        (await File.ReadAllTextAsync(Path.Combine(_windows.Root, "edge", "config"))).Should().Contain("HostName 172.27.120.111\n");
        (await File.ReadAllTextAsync(Path.Combine(_windows.Root, "edge", "known_hosts"))).Should().Be("guest ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ\nguest ssh-rsa AAAAB3NzaC1yc2E\n");
        var key = string.Join(' ', (await File.ReadAllTextAsync(Path.Combine(_windows.Root, "edge", "client.pub"))).Split(' ').Take(2));
        Scripts(key).Should().ContainSingle("the guest lets it in").Which.Should().NotContain("Verify-EflowVm");

        await DoAsync(new StopMachine(_machine.Id, "test"));
        (await ObserveAsync()).IsAccessOutdated.Should().BeFalse();
        File.Exists(file).Should().BeFalse();
    }

    [Fact]
    public async Task The_guest_s_journal_is_the_console()
    {
        using var console = new MemoryStream();

        await _driver.CopyConsoleAsync("edge", follow: false, tail: 5, console, default);

        Encoding.UTF8.GetString(console.ToArray()).Should().Be("Nov 21 22:15:00 kernel: Linux version 5.15\nNov 21 22:15:01 systemd: started\n");
        Scripts("journalctl").Should().ContainSingle().Which.Should().Contain("-n 5");
        await FluentActions.Awaiting(() => _driver.CopyConsoleAsync("edge", follow: true, null, console, default)).Should().ThrowAsync<ControlException>();
    }

    private async Task<ObservedVirtualMachine> ObserveAsync() => (await _driver.ObserveAsync([_machine], default)).Single();

    private async Task<StepOutcome> DoAsync(Step step, VirtualMachineResource? machine = null, bool none = false, EflowDriver? driver = null)
    {
        StepOutcome outcome = new StepOutcome.Pending("");
        await Eventually.TrueAsync("the step is over", async () => (outcome = await (driver ?? _driver).ExecuteAsync(step, none ? null : machine ?? _machine, none ? [] : [machine ?? _machine], default)) is not StepOutcome.Pending);
        return outcome;
    }

    private List<string> Scripts(string word) => [.. _windows.Calls("script").Where(script => script.Contains(word))];

    private sealed class StandingClock : TimeProvider
    {
        public override long GetTimestamp() => 1;
    }
}
