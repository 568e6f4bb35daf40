using System.Collections.Immutable;
using System.Text.Json.Nodes;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Twins;

namespace EdgeOperator.Core.Tests.Twins;

public sealed class TwinDeviceTests
{
    private static readonly DeviceIdentity Till = new("till-17", Map(("site", "berlin"), ("role", "till")), Map(("registry", "local")));

    [Fact]
    public void Labels_and_variables_of_the_twin_are_the_device_s_on_top_of_its_own()
    {
        var (device, problems) = Apply("""{"labels":{"site":"paris"},"vars":{"greeting":"salut","port":8080}}""");

        problems.Should().BeEmpty();
        device.Labels.Should().Equal(Map(("role", "till"), ("site", "paris")));
        device.Vars.Should().Equal(Map(("greeting", "salut"), ("port", "8080"), ("registry", "local")));
    }

    [Theory]
    [InlineData("""{"labels":{"a b":"x"}}""", "a b")]
    [InlineData("""{"labels":{"site":"not a value"}}""", "labels.site")]
    [InlineData("""{"labels":["site"]}""", "labels")]
    [InlineData("""{"vars":{"x":{"y":1}}}""", "vars.x")]
    public void What_can_be_neither_is_a_problem_with_its_place(string own, string place)
    {
        var (_, problems) = Apply(own);

        problems.Single().Where.File.Should().Be(TwinDevice.Path);
        problems.Single().ToString().Should().Contain(place);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"labels":{},"manifests":{}}""")]
    public void A_twin_without_them_has_no_such_file(string own) => FileOf(own).Should().BeNull();

    private static (DeviceIdentity Device, ImmutableArray<Problem> Problems) Apply(string own)
    {
        var problems = new ProblemCollector();
        return (TwinDevice.Applied(Till, [FileOf(own)!], problems), problems.Problems);
    }

    private static ManifestFile? FileOf(string own) => TwinDevice.FileOf(new() { ["edgeoperator"] = JsonNode.Parse(own) });

    private static ImmutableSortedDictionary<string, string> Map(params (string Key, string Value)[] entries) =>
        entries.ToImmutableSortedDictionary(e => e.Key, e => e.Value, StringComparer.Ordinal);
}
