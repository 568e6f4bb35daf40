using EdgeOperator.Agent.Kinds.VirtualMachine.Qemu;
using EdgeOperator.Core.Kinds.VirtualMachine;
using EdgeOperator.Platform.Processes;
using EdgeOperator.Testing;

namespace EdgeOperator.Agent.Tests.Kinds.VirtualMachine.Qemu;

public sealed class QemuMachinesTests : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private readonly ImageStore _images;
    private readonly QemuMachines _machines;
    private readonly QemuObserver _observer;

    public QemuMachinesTests()
    {
        var (folders, programs, supervisor) = (new MachineFolders(_folder), new QemuPrograms(""), new ProcessSupervisor(TimeProvider.System));
        var tool = new QemuImg(programs, TimeProvider.System);
        _images = new(folders, tool, TimeProvider.System);
        _machines = new(new(supervisor, tool, [], TimeProvider.System, IsReadOnly: false), folders, _ => { });
        var virtiofsd = new VirtiofsdSearch(programs);
        _observer = new(
            folders, _images, _machines, new(programs, virtiofsd, new(programs, new(programs), TimeProvider.System)), new(virtiofsd, supervisor, [], TimeProvider.System), supervisor, programs, TimeProvider.System);
        MachineState.New(new()).Write(folders.Create("m"));
    }

    [Fact]
    public async Task A_machine_is_the_same_in_every_pass()
    {
        await ObserveAsync();
        var machine = _machines["m"];
        await ObserveAsync();
        _machines["m"].Should().BeSameAs(machine);
        machine.Last!.Observed.Name.Should().Be("m");
    }

    [Fact]
    public async Task What_was_kept_of_a_machine_goes_with_it()
    {
        await ObserveAsync();
        var machine = _machines["m"];
        Directory.Delete(machine.Folder.Path, recursive: true);
        await ObserveAsync();
        await FluentActions.Awaiting(() => machine.Monitor.ConnectAsync(CancellationToken.None)).Should().ThrowAsync<IOException>().WithMessage("the machine m was removed");
        _machines["m"].Should().NotBeSameAs(machine);
        _machines["m"].Last.Should().BeNull();
    }

    [Fact]
    public async Task A_machine_of_which_its_data_disk_alone_is_left_is_no_machine()
    {
        await ObserveAsync();
        var machine = _machines["m"];
        foreach (var file in Directory.EnumerateFiles(machine.Folder.Path))
            File.Delete(file);
        await File.WriteAllTextAsync(machine.Folder.DataDisk, "");
        await ObserveAsync();
        _machines["m"].Should().NotBeSameAs(machine);
    }

    [Fact]
    public async Task Only_machines_that_were_seen_to_run_are_polled()
    {
        _machines.Started.Should().BeEmpty("none was observed");
        await ObserveAsync();
        _machines.Started.Should().BeEmpty("it is stopped");
        var machine = _machines["m"];
        machine.Last = machine.Last! with { Observed = machine.Last.Observed with { Phase = MachinePhase.Booting } };
        _machines.Started.Should().Equal(machine);
    }

    public async ValueTask DisposeAsync()
    {
        await _machines.DisposeAsync();
        _images.Dispose();
        _folder.Dispose();
    }

    private async Task ObserveAsync() => await _machines.FollowAsync(await _observer.ObserveAsync([], CancellationToken.None), []);
}
