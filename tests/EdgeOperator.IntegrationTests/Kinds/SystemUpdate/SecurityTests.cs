using EdgeOperator.Core.Planning;

namespace EdgeOperator.IntegrationTests.Kinds.SystemUpdate;

public sealed class SecurityTests : PackageTest
{
    protected override string Label => "Debian-Security";

    [Fact]
    public async Task Security_updates_reach_every_installed_package_and_no_container_engine()
    {
        await Repository.AddAsync(new("runc", "1.0"));
        await Repository.PublishAsync();
        await System.InstallAsync("runc=1.0");
        await System.RunAsync("apt-mark", "auto", "lib");
        await Repository.AddAsync(new("runc", "1.1"));
        await PublishSecondVersionAsync();

        await PassAsync("security: all");

        (await System.PackagesAsync()).Should().Be("app 2.0 ii, lib 2.0 ii, other 1.0 ii, runc 1.0 ii");
        (await System.RunAsync("apt-mark", "showauto")).Trim().Should().Be("lib", "a dependency stays one");
        Report.Level.Should().Be(ReadinessLevel.Ready);
    }
}
