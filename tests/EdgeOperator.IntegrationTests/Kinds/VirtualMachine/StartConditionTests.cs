using System.Runtime.Versioning;
using EdgeOperator.Agent.Kinds.VirtualMachine.Qemu;
using EdgeOperator.Core.Kinds.VirtualMachine;
using EdgeOperator.Testing;

namespace EdgeOperator.IntegrationTests.Kinds.VirtualMachine;

/// <summary>What the host can be known to lack before a machine is stopped, asked of the real QEMU.</summary>
[SupportedOSPlatform("linux")]
public sealed class StartConditionTests : IDisposable
{
    private static readonly VirtualMachineConfig Plain = new() { Memory = 64L << 20 };

    private readonly TempFolder _folder = new("sc");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_machine_that_this_host_can_have_has_nothing_in_its_way() =>
        (await FindAsync(Plain with { SharedFolders = [new(_folder, "/mnt/a", ReadOnly: true)], Network = new() { Address = "10.7.0.5/24", Forwards = [new("127.0.0.1", 80, 80, "tcp")] } })).Should().BeNull();

    [Fact]
    public async Task A_shared_folder_that_is_missing_is_in_the_way() =>
        (await FindAsync(Plain with { SharedFolders = [new(_folder + "/none", "/mnt/a", ReadOnly: true)] }))
            .Should().Be(new StartObstacle("FolderMissing", $"the shared folder {_folder}/none is not there: create it, or take it out of sharedFolders"));

    [Fact]
    public async Task More_memory_than_the_host_has_is_refused_by_QEMU_itself() =>
        (await FindAsync(Plain with { Memory = 900L << 40 })).Should().Match<StartObstacle>(o => o.Reason == "QemuRefused" && o.Message.Contains("memory") && !o.IsForGood);

    [Fact]
    public async Task A_bridge_that_is_missing_and_a_device_that_is_no_tap_are_in_the_way()
    {
        (await FindAsync(Plain with { Network = new() { Mode = MachineNetworkMode.Bridge, Interface = "eo-none" } }))!.Reason.Should().Be("BridgeMissing");
        (await FindAsync(Plain with { Network = new() { Mode = MachineNetworkMode.Tap, Interface = "lo" } }))!.Reason.Should().Be("NotATap");
    }

    [Fact]
    public async Task An_address_that_can_not_be_behind_the_host_is_in_the_way_for_good() =>
        (await FindAsync(Plain with { Network = new() { Address = "10.0.0.1/31" } })).Should().Match<StartObstacle>(o => o.Reason == "NetworkUnusable" && o.IsForGood);

    [Fact]
    public async Task A_TPM_without_its_emulator_is_in_the_way() =>
        (await FindAsync(Plain with { Tpm = true }, Path())).Should().Match<StartObstacle>(o => o.Reason == "TpmMissing");

    [Fact]
    public async Task A_virtiofsd_that_a_folder_asks_for_has_to_be_there_and_to_keep_the_guest_from_writing_where_it_may_not()
    {
        var desired = Plain with { SharedFolders = [new(_folder, "/mnt/a", ReadOnly: true, ShareTransport.Virtiofs)] };
        var virtiofsd = _folder.File("bin/virtiofsd");

        foreach (var (script, obstacle) in ((string, string?)[])[("exit 1", "VirtiofsdMissing"), ("echo --shared-dir", "VirtiofsdTooOld"), ("echo --shared-dir --readonly", null)])
        {
            await File.WriteAllTextAsync(virtiofsd, $"#!/bin/sh\n{script}\n");
            File.SetUnixFileMode(virtiofsd, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            (await FindAsync(desired, Path()))?.Reason.Should().Be(obstacle);
        }
    }

    private Task<StartObstacle?> FindAsync(VirtualMachineConfig desired, string? path = null)
    {
        var programs = path is null ? QemuPrograms.Installed : new(path);
        return new StartConditions(programs, new(programs), new(programs, new(programs), TimeProvider.System)).FindAsync(new(_folder + "/m"), desired, CancellationToken.None);
    }

    /// <summary>Programs as they are installed, but for the TPM's.</summary>
    private string Path()
    {
        foreach (var program in ((string[])["qemu-system-x86_64", "qemu-img", "ssh", "ssh-keygen", "setsid", "ip"]).Where(program => !File.Exists(_folder.File($"bin/{program}"))))
            File.CreateSymbolicLink(_folder.File($"bin/{program}"), QemuPrograms.Installed.SearchPath.Split(':').Select(f => System.IO.Path.Combine(f, program)).First(File.Exists));
        return _folder.File("bin");
    }
}
