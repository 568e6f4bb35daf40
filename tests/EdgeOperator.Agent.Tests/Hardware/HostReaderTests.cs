using EdgeOperator.Agent.Hardware;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Testing;

namespace EdgeOperator.Agent.Tests.Hardware;

/// <summary>What a device says of its load, read from files as the kernel writes them.</summary>
public sealed class HostReaderTests : IDisposable
{
    private readonly TempFolder _root = new("host");

    public void Dispose() => _root.Dispose();

    [Fact]
    public void The_processors_share_is_that_since_the_reading_before()
    {
        Write("proc/stat", "cpu  100 0 100 700 100 0 0 0 0 0\ncpu0 100 0 100 700 100 0 0 0 0 0\n");
        var reader = new HostReader(_root);

        reader.Read().Cpu.Should().BeNull("there was none before");
        Write("proc/stat", "cpu  150 0 125 750 125 0 0 0 0 0\n");
        reader.Read().Cpu.Should().Be(0.5);
        reader.Read().Cpu.Should().BeNull("no time has passed");
    }

    [Fact]
    public void Memory_and_temperatures_are_read_and_what_is_nonsense_is_left_out()
    {
        Write("proc/meminfo", "MemTotal:        1000 kB\nMemFree:   10 kB\nMemAvailable:     250 kB\n");
        Write("sys/class/thermal/thermal_zone0/type", "cpu-thermal\n");
        Write("sys/class/thermal/thermal_zone0/temp", "48312\n");
        Write("sys/class/thermal/thermal_zone1/temp", "-274000\n");
        Write("sys/class/hwmon/hwmon0/name", "nvme\n");
        Write("sys/class/hwmon/hwmon0/temp1_label", "Composite\n");
        Write("sys/class/hwmon/hwmon0/temp1_input", "39850\n");
        Write("sys/class/hwmon/hwmon0/temp2_input", "off\n");

        var figures = new HostReader(_root).Read();

        (figures.MemoryTotal, figures.MemoryAvailable, figures.MemoryUsed).Should().Be((1000 * 1024, 250 * 1024, 75));
        figures.Temperatures.Should().Equal(new TemperatureFigures("cpu-thermal", 48.3), new TemperatureFigures("nvme Composite", 39.8));
    }

    [Fact]
    public void Only_file_systems_on_disks_count_and_each_disk_once()
    {
        Write("proc/self/mounts", $"overlay / overlay rw 0 0\nproc /proc proc rw 0 0\n/dev/sdz1 {_root} ext4 rw 0 0\n/dev/sdz1 {_root}/again ext4 rw 0 0\nserver:/x /net nfs rw 0 0\ntmpfs /run tmpfs rw 0 0\n");

        new HostReader(_root).Read().Disks.Select(disk => disk.Path).Should().Equal("/", _root);
    }

    [Fact]
    public void A_part_of_the_root_that_is_bound_elsewhere_is_no_other_disk()
    {
        Write("proc/self/mounts", $"/dev/sda1 / ext4 rw 0 0\n/dev/sda1 {_root} ext4 rw 0 0\n");

        new HostReader(_root).Read().Disks.Select(disk => disk.Path).Should().Equal("/");
    }

    [Fact]
    public void A_device_that_tells_nothing_has_no_figures()
    {
        var figures = new HostReader(_root).Read();

        (figures.Cpu, figures.MemoryTotal, figures.Disks.Length, figures.Temperatures.Length).Should().Be((null, null, 0, 0));
    }

    [Fact]
    public void What_goes_into_a_twin_stays_until_it_is_a_step_away()
    {
        var summary = HostSummary.Of(With(memoryUsed: 52, diskUsed: 71), null);

        (summary.Memory, summary.Disks["/"]).Should().Be((50, 70));
        HostSummary.Of(With(memoryUsed: 54, diskUsed: 66), summary).Should().BeSameAs(summary);
        HostSummary.Of(With(memoryUsed: 55, diskUsed: 71), summary).Should().Match<HostSummary>(next => next.Memory == 55 && next.Disks["/"] == 70);
    }

    private static HostFigures With(int memoryUsed, int diskUsed) => new() { MemoryTotal = 100, MemoryAvailable = 100 - memoryUsed, Disks = [new("/", 100, 100 - diskUsed)] };

    private void Write(string file, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_root.File(file))!);
        _root.Write(file, text);
    }
}
