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
            Engine = "20.10.24+dfsg1",
            Image = "edgeop 1.0 (debian 12)",
            Slot = "a",
            Provisioned = "abcd",
        });

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
