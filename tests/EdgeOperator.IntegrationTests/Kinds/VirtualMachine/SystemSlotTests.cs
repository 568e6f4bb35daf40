using EdgeOperator.Agent.Kinds.VirtualMachine.Qemu;
using EdgeOperator.Platform.Files;
using EdgeOperator.Testing;

namespace EdgeOperator.IntegrationTests.Kinds.VirtualMachine;

/// <summary>The system disks over a machine's images, by the real qemu-img.</summary>
public sealed class SystemSlotTests : IAsyncLifetime, IDisposable
{
    private readonly TempFolder _folder = new("slot");
    private MachineFolder _machine = null!;
    private MachineDisks _disks = null!;
    private string _old = null!;
    private string _new = null!;

    public async Task InitializeAsync()
    {
        _machine = new(_folder.File("m"));
        Directory.CreateDirectory(_machine.Path);
        _disks = new(_machine, new(new(Environment.GetEnvironmentVariable("PATH")!), TimeProvider.System));
        (_old, _new) = (await ImageAsync('a'), await ImageAsync('b'));
        await PrepareAsync(_old);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_disk_over_another_image_is_put_aside_and_comes_back_with_its_image()
    {
        var before = Posix.Status(_machine.SystemDisk)!.Value.Inode;

        await PrepareAsync(_new);
        (await BackingAsync()).Should().Be(_new);
        File.Exists(_machine.SlotOf(_old)).Should().BeTrue();

        await PrepareAsync(_old);
        (await BackingAsync()).Should().Be(_old);
        Posix.Status(_machine.SystemDisk)!.Value.Inode.Should().Be(before);
        File.Exists(_machine.SlotOf(_new)).Should().BeTrue();
    }

    [Fact]
    public async Task A_third_image_leaves_what_the_first_had()
    {
        var before = Posix.Status(_machine.SystemDisk)!.Value.Inode;

        await PrepareAsync(_new);
        await PrepareAsync(await ImageAsync('c'));
        await PrepareAsync(_old);

        Posix.Status(_machine.SystemDisk)!.Value.Inode.Should().Be(before);
    }

    [Fact]
    public async Task What_was_cut_short_between_the_two_goes_on_in_either_direction()
    {
        var before = Posix.Status(_machine.SystemDisk)!.Value.Inode;
        foreach (var next in (string[])[_new, _old])
        {
            // Put aside, and nothing in its place yet.
            File.Move(_machine.SystemDisk, _machine.SlotOf((await BackingAsync())!));
            await PrepareAsync(next);
            (await BackingAsync()).Should().Be(next);
        }

        Posix.Status(_machine.SystemDisk)!.Value.Inode.Should().Be(before);
    }

    [Fact]
    public async Task A_disk_that_can_not_be_read_is_made_anew_and_takes_nobodys_place()
    {
        await PrepareAsync(_new);
        File.WriteAllText(_machine.SystemDisk, "damaged");

        await PrepareAsync(_new);

        (await BackingAsync()).Should().Be(_new);
        File.Exists(_machine.SlotOf(_old)).Should().BeTrue();
    }

    private Task PrepareAsync(string image) => _disks.PrepareSystemAsync(image, fresh: true, CancellationToken.None);

    private async Task<string> ImageAsync(char name)
    {
        var image = _folder.File($"images/{new string(name, 64)}.qcow2");
        await Shell.RunAsync("qemu-img", "create", "-q", "-f", "qcow2", image, "1M");
        return image;
    }

    private async Task<string?> BackingAsync() =>
        System.Text.Json.JsonDocument.Parse(await Shell.RunAsync("qemu-img", "info", "--output=json", _machine.SystemDisk)).RootElement.GetProperty("backing-filename").GetString();
}
