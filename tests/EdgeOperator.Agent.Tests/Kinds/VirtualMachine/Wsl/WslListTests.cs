using System.Text;
using EdgeOperator.Agent.Kinds.VirtualMachine.Wsl;

namespace EdgeOperator.Agent.Tests.Kinds.VirtualMachine.Wsl;

public sealed class WslListTests
{
    private const string Recorded =
        "  NAME                   STATE           VERSION\r\n* Ubuntu-22.04           Running         2\r\n  docker-desktop-data    Stopped         2\r\n  my old one             Converting      1\r\n";

    public static TheoryData<byte[]> Encodings => new(
        Encoding.UTF8.GetBytes(Recorded),
        Encoding.Unicode.GetBytes(Recorded),
        [.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes(Recorded)],
        [.. Encoding.UTF8.GetPreamble(), .. Encoding.UTF8.GetBytes(Recorded)],
        [.. Encoding.Unicode.GetBytes(Recorded), 0]);

    [Theory]
    [MemberData(nameof(Encodings))]
    public void Distributions_are_read_in_either_encoding(byte[] output) => WslList.Parse(WslList.Decode(output)).Should().Equal(
        new WslDistribution("Ubuntu-22.04", "Running", 2, IsDefault: true),
        new("docker-desktop-data", "Stopped", 2, IsDefault: false),
        new("my old one", "Converting", 1, IsDefault: false));

    [Fact]
    public void No_distribution_at_all_is_no_failure()
    {
        WslList.SaysThereIsNone("Windows Subsystem for Linux has no installed distributions.\nError code: Wsl/WSL_E_DEFAULT_DISTRO_NOT_FOUND\n").Should().BeTrue();
        WslList.SaysThereIsNone("Error code: Wsl/ERROR_ACCESS_DENIED").Should().BeFalse();
        WslList.Parse("  NAME    STATE    VERSION\n").Should().BeEmpty();
    }
}
