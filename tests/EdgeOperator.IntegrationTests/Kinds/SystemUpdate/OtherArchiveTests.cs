using EdgeOperator.Core.Planning;

namespace EdgeOperator.IntegrationTests.Kinds.SystemUpdate;

public sealed class OtherArchiveTests : PackageTest
{
    [Fact]
    public async Task What_is_in_no_archive_for_security_is_no_security_update()
    {
        await PublishSecondVersionAsync();

        await PassAsync("security: all");

        (await System.PackagesAsync()).Should().Be("app 1.0 ii, lib 1.0 ii, other 1.0 ii");
        Report.Level.Should().Be(ReadinessLevel.Ready);
    }
}
