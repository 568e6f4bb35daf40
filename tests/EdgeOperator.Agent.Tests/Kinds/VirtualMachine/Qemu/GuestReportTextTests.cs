using EdgeOperator.Agent.Kinds.VirtualMachine.Qemu;
using EdgeOperator.Core.Kinds.VirtualMachine;
using FsCheck;
using FsCheck.Fluent;

namespace EdgeOperator.Agent.Tests.Kinds.VirtualMachine.Qemu;

public sealed class GuestReportTextTests
{
    [Fact]
    public void A_report_is_read_and_keys_of_a_newer_guest_are_passed_over() => GuestReportText.Parse(
        """
        boot 6f1b
        uptime 12.34
        memory.total 1000
        memory.available 600
        disk.total 5000
        disk.used 10
        address 10.0.2.15
        address 192.168.7.2
        host 10.0.2.2
        time 1767225600
        engine 20.10.24+dfsg1
        image edgeop 1.0 (debian 12)
        slot a
        provisioned abcd
        tomorrow something

        """).Should().BeEquivalentTo(new GuestReport
        {
            BootId = "6f1b",
            Uptime = TimeSpan.FromSeconds(12),
            MemoryTotal = 1000,
            MemoryAvailable = 600,
            DiskTotal = 5000,
            DiskUsed = 10,
            Addresses = ["10.0.2.15", "192.168.7.2"],
            Host = "10.0.2.2",
            Time = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero),
            Engine = "20.10.24+dfsg1",
            Image = "edgeop 1.0 (debian 12)",
            Slot = "a",
            Provisioned = "abcd",
        });

    [Theory]
    [InlineData("boot x\nhost $(reboot)\ntime 99999999999999\n")]
    [InlineData("boot x\nhost\ntime -5\n")]
    public void What_can_not_be_an_address_or_a_time_is_not_known(string text) => GuestReportText.Parse(text).Should().BeEquivalentTo(new GuestReport { BootId = "x" });

    [Theory]
    [InlineData(100, 100, 100, 0)]
    [InlineData(98, 100, 101, 0)]
    [InlineData(40, 100, 110, -60)]
    [InlineData(108, 100, 110, 0)]
    [InlineData(150, 100, 110, 40)]
    public void A_clock_is_wrong_when_it_can_not_be_explained_by_how_long_the_answer_took(int guest, int before, int after, int offset) =>
        ClockOffset.Of(At(guest), At(before), At(after)).Should().Be(TimeSpan.FromSeconds(offset));

    private static DateTimeOffset At(int seconds) => DateTimeOffset.FromUnixTimeSeconds(seconds);

    [Theory]
    [InlineData("")]
    [InlineData("boot")]
    [InlineData("sh: /usr/lib/edgeop/report: not found")]
    public void What_names_no_boot_is_no_report(string text) => GuestReportText.Parse(text).Should().BeNull();

    [Fact]
    public void What_does_not_end_is_no_report() => GuestReportText.Parse("boot x\n" + new string('y', 4 * 1024 * 1024)).Should().BeNull();

    [Fact]
    public void Little_is_kept_of_what_a_guest_says()
    {
        var report = GuestReportText.Parse($"boot {new string('x', 1000)}\n{string.Concat(Enumerable.Range(0, 3000).Select(i => $"address a{i}\n"))}")!;

        report.BootId.Should().HaveLength(200);
        report.Addresses.Should().HaveCount(64);
    }

    [Fact]
    public void A_guest_may_say_anything() =>
        Prop.ForAll((string text) => GuestReportText.Parse($"boot x\n{text}\nuptime 99999999999999999999")!.BootId == "x").QuickCheckThrowOnFailure();
}
