using EdgeOperator.Testing;
using EdgeOperator.Testing.Devices;

namespace EdgeOperator.IntegrationTests;

/// <summary>The units that are installed, as systemd's own tools judge it.</summary>
public sealed class SystemdUnitTests
{
    /// <summary>Ten times the exposure of <c>systemd-analyze security</c>, from 0 (locked up) to 10.</summary>
    private const int LargestExposure = 30;

    [Theory]
    [InlineData("edgeop.service")]
    [InlineData("edgeop-trial.service")]
    [InlineData("edgeop-hub.service")]
    public async Task Its_exposure_is_at_most_3(string unit)
    {
        // Fails with its table of reasons when the unit is above the threshold.
        var table = await Shell.RunAsync("systemd-analyze", "security", "--offline=true", "--no-pager", $"--threshold={LargestExposure}", Path.Combine(EdgeopBinary.RepositoryRoot, "manifests", "systemd", unit));

        table.Should().Contain("Overall exposure level");
    }
}
