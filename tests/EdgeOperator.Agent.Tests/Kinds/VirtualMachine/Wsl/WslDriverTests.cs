using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using EdgeOperator.Agent.Kinds.VirtualMachine.Wsl;
using EdgeOperator.Agent.Tests.Kinds.VirtualMachine.Windows;
using EdgeOperator.Core.Kinds.VirtualMachine;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeOperator.Agent.Tests.Kinds.VirtualMachine.Wsl;

/// <summary>Against a script that stands in for wsl.exe and really runs what a guest is given; Windows itself is not here.</summary>
public sealed class WslDriverTests : IAsyncLifetime
{
    private readonly CaseFolder _windows = new("wsl", "wsl.sh");
    private readonly WslDriver _driver;
    private readonly VirtualMachineSpec _spec;
    private readonly VirtualMachineResource _machine;

    public WslDriverTests()
    {
        _driver = new(_windows.Root, _windows.Program, Configuration, TimeProvider.System, NullLoggerFactory.Instance);
        _windows.Touch("image.tar", "a root file system");
        _spec = new()
        {
            Shape = new()
            {
                Cpus = 2,
                Memory = 2L << 30,
                Image = new(_windows["image.tar"], Convert.ToHexStringLower(SHA256.HashData("a root file system"u8))),
                SharedFolders = [new(@"C:\data", "/srv/data", ReadOnly: true)],
            },
        };
        _machine = GivenMachine.Of(_spec);
    }

    private string Configuration => _windows[".wslconfig"];

    private string Guest => _windows["distributions/edge/root"];

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _driver.DisposeAsync();
        _windows.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_machine_is_imported_configured_and_told_as_it_is(bool printsUtf16)
    {
        if (printsUtf16)
            _windows.Touch("old");
        (await ObserveAsync()).Should().Match<ObservedVirtualMachine>(m => m.Unavailable == null && m.Refused == null && m.Applied == null);

        await MakeAsync();

        var running = await ObserveAsync();
        running.Should().Match<ObservedVirtualMachine>(m => m.Phase == MachinePhase.Running && m.IsAskedToRun && m.Drift.IsEmpty && m.Refused == null);
        running.Applied.Should().BeEquivalentTo(_spec.Shape);
        running.Guest!.BootId.Should().Be(File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim());
        Calls().Should().ContainInOrder(
            $"--import edge {Path.Combine(_windows.Root, ".wsl", "edge", "disk")} {Path.Combine(_windows.Root, "images", _spec.Shape.Image!.Sha256 + ".wsl")} --version 2",
            "--manage edge --resize 10240MB");
        File.ReadAllText(Path.Combine(Guest, "etc/wsl.conf")).Should().Be(
            "# The image brings this.\n[boot]\nsystemd=true   # services\n\n[user]\ndefault = root\n\n[interop]\nappendWindowsPath=true\nenabled=true\n");
        File.ReadAllText(_windows["mounts"]).Should().EndWith(@"-t drvfs -o ro,metadata C:\data " + Guest + "/srv/data\n");
    }

    [Fact]
    public async Task A_host_without_WSL_is_no_failure()
    {
        await using var driver = new WslDriver(_windows.Root, "/nowhere/wsl.exe", Configuration, TimeProvider.System, NullLoggerFactory.Instance);

        (await driver.ObserveAsync([_machine], default)).Single().Unavailable.Should().Contain("/nowhere/wsl.exe can't be started").And.Contain("wsl --install");
    }

    [Fact]
    public async Task Settings_that_all_share_are_merged_and_those_of_others_stay()
    {
        File.WriteAllText(Configuration, "# mine\r\n[wsl2]\r\nmemory=1GB # enough\r\nswap=0\r\n");

        await MakeAsync();

        File.ReadAllText(Configuration).Should().Be(
            "# mine\r\n[wsl2]\r\nmemory=2048MB # enough\r\nswap=0\r\nprocessors=2\r\nvmIdleTimeout=-1\r\n\r\n[general]\r\ninstanceIdleTimeout=-1\r\n");
        Calls().Should().ContainSingle(call => call == "--shutdown");
    }

    [Fact]
    public async Task What_somebody_changes_in_them_is_put_right_by_a_restart()
    {
        await MakeAsync();
        File.WriteAllText(Configuration, File.ReadAllText(Configuration).Replace("processors=2", "processors=1", StringComparison.Ordinal));

        (await ObserveAsync()).Drift.Should().Equal(new MachineChange(".wslconfig wsl2.processors 1→2", NeedsRestart: true));
        await DoAsync(new StopMachine(_machine.Id, "test"));
        await DoAsync(new StartMachine(_machine.Id, "test", "h2"));

        (await ObserveAsync()).Drift.Should().BeEmpty();
    }

    [Fact]
    public async Task An_entry_that_is_not_wanted_any_more_is_taken_back()
    {
        await MakeAsync(GivenMachine.Of(_spec with { Wsl = new() { WslConfig = ImmutableSortedDictionary<string, string>.Empty.Add("wsl2.swap", "0") } }));
        File.ReadAllText(Configuration).Should().Contain("swap=0");

        await DoAsync(new StartMachine(_machine.Id, "test", "h2"));

        File.ReadAllText(Configuration).Should().NotContain("swap").And.Contain("processors=2");
    }

    [Fact]
    public async Task A_running_distribution_of_somebody_else_is_not_ended()
    {
        Theirs("Ubuntu", "Running");
        await DoAsync(Fetch);

        var outcome = await DoAsync(new StartMachine(_machine.Id, "test", "h"));

        outcome.Should().BeOfType<StepOutcome.Retry>().Which.Message.Should().Contain("would end Ubuntu");
        (await ObserveAsync()).Refused.Should().Contain("would end Ubuntu");
        File.Exists(Configuration).Should().BeFalse();
        Calls().Should().NotContain("--shutdown");
    }

    [Fact]
    public async Task A_distribution_of_that_name_that_the_agent_did_not_import_is_left_alone()
    {
        Theirs("edge", "Stopped");

        (await ObserveAsync()).Unavailable.Should().Contain("did not import");
        (await DoAsync(new StartMachine(_machine.Id, "test", "h"))).Should().BeOfType<StepOutcome.Terminal>();
        await DoAsync(new StopMachine(_machine.Id, "test"));
        await DoAsync(new RemoveMachine(_machine.Id, "test"), none: true);
        Calls().Should().OnlyContain(call => call == "--list --verbose");
    }

    [Fact]
    public async Task One_that_has_taken_the_place_of_ours_is_never_unregistered()
    {
        await MakeAsync();
        Directory.Delete(_windows["distributions/edge"], recursive: true);
        Theirs("edge", "Running");

        (await ObserveAsync()).Unavailable.Should().Contain("not the one that the agent imported");
        Step[] steps = [new StartMachine(_machine.Id, "test", "h2"), new StopMachine(_machine.Id, "test"), new RemoveMachine(_machine.Id, "test")];
        foreach (var step in steps)
            (await DoAsync(step)).Should().BeOfType<StepOutcome.Terminal>().Which.Message.Should().Contain("not the one that the agent imported");

        Directory.Exists(_windows["distributions/edge"]).Should().BeTrue();
        Calls().Should().NotContain(call => call.StartsWith("--unregister"));
        File.ReadAllText(_windows["distributions/edge/state"]).Trim().Should().Be("Running");
    }

    [Fact]
    public async Task An_import_after_which_the_agent_was_killed_is_gone_on_with()
    {
        _windows.Touch("refuse-sh -s", "killed");
        await DoAsync(Fetch);
        (await DoAsync(new StartMachine(_machine.Id, "test", "h"))).Should().BeOfType<StepOutcome.Retry>();
        File.Delete(_windows["refuse-sh -s"]);

        (await DoAsync(new StartMachine(_machine.Id, "test", "h"))).Should().BeOfType<StepOutcome.Succeeded>();

        (await ObserveAsync()).Phase.Should().Be(MachinePhase.Running);
        Calls().Should().ContainSingle(call => call.StartsWith("--import"));
        (await DoAsync(new RemoveMachine(_machine.Id, "test"), none: true)).Should().BeOfType<StepOutcome.Succeeded>();
    }

    [Fact]
    public async Task A_removed_machine_s_disk_is_found_again_by_one_of_the_same_name()
    {
        await MakeAsync();
        await File.WriteAllTextAsync(Path.Combine(Guest, "etc/precious"), "data");

        (await DoAsync(new RemoveMachine(_machine.Id, "test"), none: true)).Should().BeOfType<StepOutcome.Succeeded>().Which.Note.Should().Contain("kept.vhdx");
        (await _driver.ObserveAsync([], default)).Should().BeEmpty();
        Directory.Exists(_windows["distributions/edge"]).Should().BeFalse();
        (await DoAsync(new StartMachine(_machine.Id, "test", "h"))).Should().BeOfType<StepOutcome.Succeeded>();

        File.ReadAllText(Path.Combine(Guest, "etc/precious")).Should().Be("data");
        (await ObserveAsync()).Phase.Should().Be(MachinePhase.Running);
        Calls().Should().ContainSingle(call => call.StartsWith("--import-in-place"));
    }

    [Fact]
    public async Task A_disk_that_can_t_be_copied_is_not_deleted()
    {
        await MakeAsync();
        _windows.Touch("refuse---export", "There is not enough space on the disk.");

        (await DoAsync(new RemoveMachine(_machine.Id, "test"), none: true)).Should().BeOfType<StepOutcome.Retry>().Which.Message.Should().Contain("not enough space");

        Directory.Exists(_windows["distributions/edge"]).Should().BeTrue();
    }

    [Fact]
    public async Task A_stop_ends_it_and_its_disk_grows_while_it_is_stopped()
    {
        await MakeAsync();

        (await DoAsync(new StopMachine(_machine.Id, "test"))).Should().BeOfType<StepOutcome.Succeeded>();
        (await ObserveAsync()).Should().Match<ObservedVirtualMachine>(m => m.Phase == MachinePhase.Stopped && !m.IsAskedToRun && m.Guest == null && m.DataDisk == MachineDiskState.Good);
        var bigger = GivenMachine.Of(_spec with { Shape = _spec.Shape with { DiskSize = 20L << 30 } });
        (await DoAsync(new StartMachine(_machine.Id, "test", "h2"), bigger)).Should().BeOfType<StepOutcome.Succeeded>();

        Calls().Should().Contain("--manage edge --resize 20480MB");
        (await _driver.ObserveAsync([bigger], default)).Single().Applied!.DiskSize.Should().Be(20L << 30);
    }

    [Fact]
    public async Task A_distribution_that_somebody_unregistered_is_imported_again()
    {
        await MakeAsync();
        Directory.Delete(_windows["distributions/edge"], recursive: true);

        var gone = await ObserveAsync();
        (await DoAsync(new StartMachine(_machine.Id, "test", "h2"))).Should().BeOfType<StepOutcome.Succeeded>();

        gone.Should().Match<ObservedVirtualMachine>(m => m.Phase == MachinePhase.Stopped && m.IsAskedToRun && m.Applied == null && m.Detail!.Contains("not registered any more"));
        (await ObserveAsync()).Phase.Should().Be(MachinePhase.Running);
    }

    [Fact]
    public async Task Another_image_is_refused_for_the_sake_of_the_data()
    {
        await MakeAsync();

        (await _driver.ObserveAsync([GivenMachine.Of(_spec with { Shape = _spec.Shape with { Image = new("/other", "00") } })], default))
            .Single().Refused.Should().Contain("would cost the data");
    }

    [Fact]
    public async Task An_image_that_is_another_one_is_not_used()
    {
        var step = new FetchMachineImage(_machine.Id, "test", _spec.Shape.Image! with { Sha256 = new('0', 64) });

        (await DoAsync(step)).Should().BeOfType<StepOutcome.Retry>().Which.Reason.Should().Be("ImageChanged");
        (await ObserveAsync()).Images.Should().BeEmpty();
    }

    [Fact]
    public async Task A_guest_is_provisioned_as_root_and_notes_what_it_has()
    {
        await MakeAsync();
        var provisioning = new MachineProvisioning { Files = [new("/srv/hello", "hi"u8.ToArray(), 0x1a4, null)], Commands = ["cat /srv/hello > /srv/copy"] };

        (await DoAsync(new ProvisionMachine(_machine.Id, "test", provisioning.Hash), GivenMachine.Of(_spec with { Provisioning = provisioning }))).Should().BeOfType<StepOutcome.Succeeded>();

        (await ObserveAsync()).Guest!.Provisioned.Should().Be(provisioning.Hash);
        File.ReadAllText(Path.Combine(Guest, "srv/copy")).Should().Be("hi");
    }

    [Fact]
    public async Task Provisioning_that_fails_says_what_failed()
    {
        await MakeAsync();
        var provisioning = new MachineProvisioning { Commands = ["echo no such thing >&2; exit 3"] };

        (await DoAsync(new ProvisionMachine(_machine.Id, "test", provisioning.Hash), GivenMachine.Of(_spec with { Provisioning = provisioning })))
            .Should().BeOfType<StepOutcome.Retry>().Which.Message.Should().Contain("no such thing").And.Contain("command 1 failed");
    }

    [Fact]
    public async Task The_command_line_is_told_how_to_enter_while_the_machine_is_to_run()
    {
        var file = Path.Combine(_windows.Root, "edge", MachineAccess.FileName);
        var machine = GivenMachine.Of(_spec with
        {
            User = "op",
            Shape = _spec.Shape with { Interop = new() { Env = ["PRESS_ID", "RECIPES/p"] } },
            Wsl = new() { Distribution = "press" },
        });
        await MakeAsync(machine);
        (await _driver.ObserveAsync([machine], default)).Single().IsAccessOutdated.Should().BeTrue();
        File.Exists(file).Should().BeFalse("to look changes nothing");
        (await DoAsync(new GrantMachineAccess(machine.Id, "test"), machine)).Should().BeOfType<StepOutcome.Succeeded>();
        (await _driver.ObserveAsync([machine], default)).Single().IsAccessOutdated.Should().BeFalse();

        MachineAccess.Parse(await File.ReadAllBytesAsync(file)).Should().BeEquivalentTo(new MachineAccess
        {
            Name = "edge",
            Distribution = "press",
            Program = _windows.Program,
            User = "op",
            SharedFolders = _spec.Shape.SharedFolders,
            Interop = true,
            Env = ["PRESS_ID", "RECIPES/p"],
        });
        var engine = _driver.EngineOf("edge")!;
        engine.Description.Should().Be("wsl.exe -d press");
        await DoAsync(new StopMachine(machine.Id, "test"), machine);
        (await _driver.ObserveAsync([machine], default)).Single().IsAccessOutdated.Should().BeFalse("entering it would start it");
        File.Exists(file).Should().BeFalse();
        _driver.EngineOf("edge").Should().BeNull();
        await FluentActions.Awaiting(() => engine.ConnectAsync(default).AsTask()).Should().ThrowAsync<IOException>();
    }

    [Theory]
    [InlineData("", "", @"C:\ at /mnt/c, D:\ at /mnt/d, C:\data at /srv/data (read-only)")]
    [InlineData("automount.root", "/windir/", @"C:\ at /windir/c, D:\ at /windir/d, C:\data at /srv/data (read-only)")]
    [InlineData("automount.enabled", "false", @"C:\data at /srv/data (read-only)")]
    public void Drives_are_seen_where_WSL_mounts_them(string entry, string value, string expected)
    {
        var settings = new WslSettings();
        if (entry.Length > 0)
            settings = settings with { WslConf = settings.WslConf.Add(entry, value) };

        string.Join(", ", WslAccess.Of("edge", _spec with { Wsl = settings }, "edge", null, "Cd").SharedFolders).Should().Be(expected);
    }

    [Fact]
    public async Task The_journal_of_a_machine_that_does_not_run_does_not_start_it()
    {
        await MakeAsync();
        using var console = new MemoryStream();
        await _driver.CopyConsoleAsync("edge", follow: false, tail: 3, console, default);
        await DoAsync(new StopMachine(_machine.Id, "test"));

        Encoding.UTF8.GetString(console.ToArray()).Should().Be("recorded\n");
        (await FluentActions.Awaiting(() => _driver.CopyConsoleAsync("edge", follow: false, null, console, default)).Should().ThrowAsync<ControlException>())
            .Which.Reason.Should().Be("NotRunning");
        File.ReadAllText(_windows["distributions/edge/state"]).Trim().Should().Be("Stopped");
    }

    private FetchMachineImage Fetch => new(_machine.Id, "test", _spec.Shape.Image!);

    private async Task MakeAsync(VirtualMachineResource? machine = null)
    {
        (await DoAsync(Fetch)).Should().BeOfType<StepOutcome.Succeeded>();
        (await DoAsync(new StartMachine(_machine.Id, "test", "h"), machine)).Should().BeOfType<StepOutcome.Succeeded>();
    }

    private void Theirs(string name, string state)
    {
        Directory.CreateDirectory(_windows[$"distributions/{name}/root/etc"]);
        _windows.Touch($"distributions/{name}/state", state);
    }

    private async Task<ObservedVirtualMachine> ObserveAsync() => (await _driver.ObserveAsync([_machine], default)).Single();

    private async Task<StepOutcome> DoAsync(Step step, VirtualMachineResource? machine = null, bool none = false)
    {
        StepOutcome outcome = new StepOutcome.Pending("");
        await Eventually.TrueAsync("the step is over", async () => (outcome = await _driver.ExecuteAsync(step, none ? null : machine ?? _machine, none ? [] : [machine ?? _machine], default)) is not StepOutcome.Pending);
        return outcome;
    }

    private IEnumerable<string> Calls() => _windows.Calls("arguments").Select(call => call.TrimEnd('\n'));
}
