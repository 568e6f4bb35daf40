using System.Text.Json;
using EdgeOperator.Agent.Kinds.VirtualMachine.Qemu;

namespace EdgeOperator.Agent.Tests.Kinds.VirtualMachine.Qemu;

public sealed class IoErrorPauseTests
{
    private static readonly MachineFolder Folder = new("/s/vms/edge");

    [Theory]
    [InlineData("ok", "nospace", true, "no space left for the data disk")]
    [InlineData("ok", "failed", false, "the data disk in /s/vms/edge can't be")]
    [InlineData("failed", "nospace", false, "the system disk in /s/vms/edge can't be")]
    [InlineData("ok", "ok", false, "a disk in /s/vms/edge had an error")]
    public void A_machine_may_be_resumed_when_nothing_but_space_was_missing(string system, string data, bool forSpace, string described)
    {
        using var blocks = Blocks(system, data, corrupt: false);
        IoErrorPause.IsForSpace(blocks.RootElement).Should().Be(forSpace);
        IoErrorPause.Describe(blocks.RootElement, Folder, hasSpace: false).Should().Contain(described);
        IoErrorPause.IsDamaged(blocks.RootElement, "system").Should().BeFalse();
    }

    [Fact]
    public void That_there_is_space_again_is_described_so_that_a_pass_resumes_the_machine()
    {
        using var blocks = Blocks("ok", "nospace", corrupt: false);
        IoErrorPause.Describe(blocks.RootElement, Folder, hasSpace: true).Should().Be("the host had no space left for the data disk in /s/vms/edge, and has now");
    }

    [Fact]
    public void QEMU_tells_of_a_disk_whose_tables_are_in_disorder()
    {
        using var blocks = Blocks("failed", "ok", corrupt: true);
        IoErrorPause.IsDamaged(blocks.RootElement, "system").Should().BeTrue();
        IoErrorPause.IsDamaged(blocks.RootElement, "data").Should().BeFalse();
    }

    private static JsonDocument Blocks(string system, string data, bool corrupt) => JsonDocument.Parse(
        """
        [
          {"device": "", "io-status": "SYSTEM", "inserted": {"node-name": "system", "image": {"format-specific": {"type": "qcow2", "data": {"corrupt": CORRUPT}}}}},
          {"device": "", "io-status": "DATA", "inserted": {"node-name": "data", "image": {"format-specific": {"type": "qcow2", "data": {"corrupt": false}}}}},
          {"device": "empty"}
        ]
        """.Replace("SYSTEM", system).Replace("DATA", data).Replace("CORRUPT", corrupt ? "true" : "false"));
}
