using System.Text.Json;
using EdgeOperator.Agent.Kinds.VirtualMachine.Qemu;

namespace EdgeOperator.Agent.Tests.Kinds.VirtualMachine.Qemu;

public sealed class IoErrorPauseTests
{
    private static readonly MachineFolder Folder = new("/s/vms/edge");

    [Theory]
    [InlineData("ok", "nospace", true, "no room left for the data disk")]
    [InlineData("ok", "failed", false, "the data disk in /s/vms/edge can't be")]
    [InlineData("failed", "nospace", false, "the system disk in /s/vms/edge can't be")]
    [InlineData("ok", "ok", false, "a disk in /s/vms/edge had an error")]
    public void A_machine_goes_on_by_itself_only_when_nothing_but_room_was_missing(string system, string data, bool forRoom, string described)
    {
        using var blocks = Blocks(system, data, corrupt: false);
        IoErrorPause.IsForRoom(blocks.RootElement).Should().Be(forRoom);
        IoErrorPause.Describe(blocks.RootElement, Folder).Should().Contain(described);
        IoErrorPause.IsDamaged(blocks.RootElement, "system").Should().BeFalse();
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
