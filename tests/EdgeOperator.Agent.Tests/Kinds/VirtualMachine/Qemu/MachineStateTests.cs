using EdgeOperator.Agent.Kinds.VirtualMachine.Qemu;
using EdgeOperator.Core.Kinds.VirtualMachine;
using EdgeOperator.Testing;

namespace EdgeOperator.Agent.Tests.Kinds.VirtualMachine.Qemu;

public sealed class MachineStateTests : IDisposable
{
    private readonly TempFolder _folder = new();

    [Fact]
    public void All_of_it_is_read_again()
    {
        var record = MachineState.New(new()
        {
            Cpus = 3,
            Memory = 1L << 31,
            DiskSize = 5L << 30,
            Image = new("https://example.org/i.qcow2", "ab"),
            Tpm = true,
            Network = new() { Mode = MachineNetworkMode.Bridge, Interface = "br0", Address = "10.0.0.2/24", Gateway = "10.0.0.1", Dns = ["1.1.1.1"], Forwards = [new("127.0.0.1", 80, 8080, "tcp")] },
            SharedFolders = [new("/srv", "/mnt", true)],
            Interop = new() { Enabled = false, AppendHostPath = false, Env = ["A/p"], Programs = new MachineInterop().Programs.Add("x", "/bin/x"), User = "u" },
        }) with
        { IsAskedToRun = true, SshPort = 22022, User = "edge", StopTimeout = TimeSpan.FromSeconds(9), StartedAt = DateTimeOffset.UnixEpoch, SeededBoot = "boot" };
        record.Write(new(_folder));
        MachineState.Read(new(_folder)).Should().BeEquivalentTo(record);
        File.GetUnixFileMode(Path.Combine(_folder, "machine.json")).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{}")]
    public void What_cannot_be_read_is_as_if_it_were_not_there(string content)
    {
        _folder.Write("machine.json", content);
        MachineState.Read(new(_folder)).Should().BeNull();
    }

    [Theory]
    [MemberData(nameof(AllDamages))]
    public void One_damaged_copy_loses_nothing_and_both_end_nothing(Damage damage)
    {
        var record = MachineState.New(new());
        record.Write(new(_folder));

        damage.Apply(_folder.File("machine.json"));
        MachineState.Read(new(_folder)).Should().BeEquivalentTo(record);
        damage.Apply(_folder.File("machine.json.copy"));
        MachineState.Read(new(_folder)).Should().BeNull();

        record.Write(new(_folder));
        MachineState.Read(new(_folder)).Should().BeEquivalentTo(record);
    }

    [Fact]
    public void What_an_earlier_version_wrote_is_read()
    {
        _folder.Write("machine.json", """{"shape":{"cpus":3},"isAskedToRun":true,"sshPort":2222,"mac":"52:54:00:00:00:02","uuid":"u","user":"edge","stopTimeout":"00:01:30"}""");

        MachineState.Read(new(_folder)).Should().Match<MachineState>(r => r.Shape.Cpus == 3 && r.IsAskedToRun && r.Uuid == "u" && r.User == "edge");
    }

    [Fact]
    public void The_second_cards_address_is_another_one()
    {
        for (var i = 0; i < 20; i++)
            Convert.ToByte(MachineState.New(new()).Mac[^2..], 16).Should().Match(last => last % 2 == 0);
    }

    public static TheoryData<Damage> AllDamages => [.. Damages.All];

    public void Dispose() => _folder.Dispose();
}
