using EdgeOperator.Cli.Hub.Devices;

namespace EdgeOperator.Cli.Tests.Hub;

public sealed class DeviceFilterTests
{
    [Theory]
    [InlineData(null, null, null)]
    [InlineData("site=berlin", null, "tags.labels.site = 'berlin'")]
    [InlineData("site==berlin, beta", null, "tags.labels.site = 'berlin' AND is_defined(tags.labels.beta)")]
    [InlineData("!beta", null, "NOT is_defined(tags.labels.beta)")]
    [InlineData("role!=till", null, "(NOT is_defined(tags.labels.role) OR tags.labels.role != 'till')")]
    [InlineData("site=berlin", "connectionState = 'Connected'", "tags.labels.site = 'berlin' AND (connectionState = 'Connected')")]
    public void A_selector_is_a_condition_of_the_query_language(string? selector, string? condition, string? expected) =>
        DeviceFilter.Of(selector, condition).Should().Be(expected);

    [Theory]
    [InlineData("site='x' OR 1")]
    [InlineData("a b")]
    [InlineData("")]
    [InlineData("site=x'")]
    public void What_is_no_selector_is_refused(string selector) =>
        FluentActions.Invoking(() => DeviceFilter.Of(selector, null)).Should().Throw<UserError>().Which.ExitCode.Should().Be(ExitCode.InvalidInput);
}
