namespace EdgeOperator.IntegrationTests.Kinds.VirtualMachine;

/// <summary>What a guest does when it starts and when it ends.</summary>
[Collection("machines")]
public sealed class GuestLifeTests : IAsyncLifetime
{
    private PlainGuest _guest = null!;

    public async Task InitializeAsync() => _guest = await PlainGuest.CreateAsync();

    public async Task DisposeAsync() => await _guest.DisposeAsync();

    [Fact]
    public async Task The_power_button_ends_it_in_order_and_what_was_written_is_there_at_the_next_start()
    {
        await _guest.StartAsync();
        await _guest.ReadAsync("echo kept >/etc/kept; echo kept >/home/kept; echo kept >/data/kept; echo lost >/tmp/lost");
        var boot = await _guest.ReadAsync("cat /proc/sys/kernel/random/boot_id");
        await _guest.QmpAsync("""{"execute":"system_powerdown"}""");
        await _guest.StoppedAsync();
        _guest.Console.Should().Contain("edgeop: halted");

        await _guest.ResizeAsync("1G");
        await _guest.StartAsync();
        (await _guest.ReadAsync("cat /etc/kept /home/kept /data/kept; ls /tmp")).Should().Be("kept\nkept\nkept");
        (await _guest.ReadAsync("cat /proc/sys/kernel/random/boot_id")).Should().NotBe(boot);
        _guest.Console.Should().NotContain("recovering journal", "it was unmounted");
        DiskTotal(await _guest.ReadAsync("/usr/lib/edgeop/report")).Should().BeGreaterThan(800L << 20, "a larger disk is used from the start on");
    }

    [Fact]
    public async Task A_disk_that_grows_under_it_is_used_at_once()
    {
        await _guest.StartAsync();
        await _guest.QmpAsync("""{"execute":"block_resize","arguments":{"device":"data","size":1073741824}}""");
        await _guest.ReadAsync("/usr/lib/edgeop/grow");
        DiskTotal(await _guest.ReadAsync("/usr/lib/edgeop/report")).Should().BeGreaterThan(800L << 20);
        await _guest.ReadAsync("/usr/lib/edgeop/grow");
    }

    [Fact]
    public async Task A_loss_of_power_loses_nothing_that_was_synced()
    {
        await _guest.StartAsync();
        await _guest.ReadAsync("echo kept >/root/kept; sync");
        await _guest.KillAsync();
        await _guest.StartAsync();
        (await _guest.ReadAsync("cat /root/kept")).Should().Be("kept");
        (await _guest.ReadAsync("/usr/lib/edgeop/report")).Should().NotContain("problem");
    }

    [Fact]
    public async Task A_data_disk_with_something_else_on_it_is_left_alone_and_reported()
    {
        await _guest.WriteToDataDiskAsync(4096, "somebody's"u8.ToArray());
        await _guest.StartAsync();
        (await _guest.ReadAsync("/usr/lib/edgeop/report")).Should().Contain("\nproblem the data disk can't be used");
        (await _guest.HealthAsync()).Status.Should().Be(404);
        (await _guest.ReadAsync("dd if=/dev/vdb bs=1 skip=4096 count=10 2>/dev/null")).Should().Be("somebody's");
    }

    [Fact]
    public async Task A_data_disk_that_lost_its_beginning_is_repaired()
    {
        await _guest.StartAsync();
        await _guest.ReadAsync("echo kept >/data/kept");
        await _guest.QmpAsync("""{"execute":"system_powerdown"}""");
        await _guest.StoppedAsync();
        await _guest.WriteToDataDiskAsync(0, new byte[4096]);
        await _guest.StartAsync();
        (await _guest.ReadAsync("cat /data/kept")).Should().Be("kept");
        (await _guest.ReadAsync("/usr/lib/edgeop/report")).Should().NotContain("problem");
    }

    private static long DiskTotal(string report) =>
        long.Parse(report.Split('\n').Single(l => l.StartsWith("disk.total ", StringComparison.Ordinal)).Split(' ')[1]);
}
