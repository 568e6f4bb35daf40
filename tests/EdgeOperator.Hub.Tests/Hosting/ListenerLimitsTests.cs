using EdgeOperator.Hub.Hosting;

namespace EdgeOperator.Hub.Tests.Hosting;

public sealed class ListenerLimitsTests
{
    [Theory]
    [InlineData(1024)]
    [InlineData(20_000)]
    [InlineData(1_048_576)]
    [InlineData(int.MaxValue)]
    public void Connections_leave_files_for_all_else_and_each_listener_has_its_own(int files)
    {
        var (mqtt, https) = (ListenerLimits.Of(3, files), ListenerLimits.Of(1, files));

        https.Should().BePositive().And.BeLessThanOrEqualTo(mqtt);
        ((long)mqtt + https).Should().BeLessThanOrEqualTo(files - Math.Min(2048, files / 4));
    }

    [Fact]
    public void Ten_thousand_devices_need_a_usual_limit_only() => ListenerLimits.Of(3, 20_000).Should().BeGreaterThan(10_000);
}
