using System.Collections.Immutable;
using EdgeOperator.Agent.Kinds.EdgeModule;
using EdgeOperator.Core.Kinds.EdgeModule;

namespace EdgeOperator.Agent.Tests.Kinds.EdgeModule;

public class ContainerLimitsTests
{
    [Theory]
    [InlineData("""{"Memory":1}""", """{"Memory":2,"MemorySwap":4}""", "Memory=1 MemorySwap=4")]
    [InlineData("""{"Memory":1}""", "{}", "")]
    [InlineData("{}", """{"Memory":2,"PidsLimit":2048}""", "PidsLimit=2048")]
    [InlineData("""{"NanoCpus":5}""", """{"NanoCpus":5,"CpuQuota":500,"CpuPeriod":1000}""", "CpuPeriod=1000 CpuQuota=500 NanoCpus=5")]
    [InlineData("""{"CpuQuota":5}""", """{"NanoCpus":7,"CpuQuota":5}""", "CpuQuota=5 NanoCpus=7")]
    [InlineData("""{"RestartPolicy":{"Name":"no"}}""", """{"RestartPolicy":{"Name":"always"}}""", "")]
    [InlineData("""{"RestartPolicy":{"Name":"on-failure","MaximumRetryCount":3}}""", """{"RestartPolicy":{"Name":"always"}}""", "RestartPolicy=on-failure:3")]
    public void A_container_was_created_with_what_its_spec_asks_for_as_far_as_the_engine_honours_it(string requested, string actual, string created) =>
        string.Join(' ', ContainerLimits.Created(Limits(requested), Limits(actual)).Select(setting => $"{setting.Key}={setting.Value}")).Should().Be(created);

    [Fact]
    public void Settings_are_changed_back_by_their_names_in_the_API() => ContainerLimits.Update(
    [
        new("Memory", "64", "128"),
        new("PidsLimit", null, "5"),
        new("CpuQuota", null, "5"),
        new("CpusetCpus", "0-1", "0"),
        new("RestartPolicy", "on-failure:3", null),
    ]).ToJsonString().Should().Be("""{"Memory":64,"PidsLimit":-1,"CpuQuota":-1,"CpusetCpus":"0-1","RestartPolicy":{"Name":"on-failure","MaximumRetryCount":3}}""");

    [Theory]
    [InlineData(null, "no")]
    [InlineData("unless-stopped", "unless-stopped")]
    public void So_is_the_restart_policy(string? created, string expected) =>
        ContainerLimits.Update([new("RestartPolicy", created, "always")]).ToJsonString().Should().Be($$$"""{"RestartPolicy":{"Name":"{{{expected}}}"}}""");

    private static ImmutableSortedDictionary<string, string> Limits(string hostConfig) =>
        ContainerLimits.Requested(new EdgeModuleSpec { Name = "web", Image = "app", CreateBody = $$"""{"HostConfig":{{hostConfig}}}""" });
}
