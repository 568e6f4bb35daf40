using EdgeOperator.Core.Manifests;

namespace EdgeOperator.Core.Tests.Manifests;

public sealed class CommonFieldTests
{
    [Fact]
    public void What_every_kind_has_is_read()
    {
        var resource = Reading.Yaml(Reading.Module("dependsOn: [ConfigFile/motd, EdgeModule/db, EdgeModule/db]\nsuspend: true\nhealthTimeout: 2m")).State!.Resources.Values.Single();

        resource.DependsOn.Should().Equal(new ResourceId("ConfigFile", "motd"), new ResourceId("EdgeModule", "db"));
        resource.Suspend.Should().BeTrue();
        resource.HealthTimeout.Should().Be(TimeSpan.FromMinutes(2));
        resource.PruneDisabled.Should().BeFalse();
        resource.Origin.ToString().Should().Be("a.yaml:1:1");
    }

    [Theory]
    [InlineData("db", "as in `EdgeModule/db`")]
    [InlineData("EdgeModul/db", "did you mean `EdgeModule/db`?")]
    [InlineData("Pod/db", "the kinds are EdgeModule, ConfigFile, FunctionApp, VirtualMachine, SystemUpdate, Secret")]
    [InlineData("Device/monthly", "the kind Device is not supported by this version")]
    [InlineData("[EdgeModule/db]", "spec.dependsOn[0] must be a resource such as `EdgeModule/broker`, not a list")]
    public void A_dependency_names_a_kind_and_a_name(string dependency, string problem) =>
        Reading.Yaml(Reading.Module($"dependsOn: [{dependency}]")).Complaints().Should().Contain(problem);

    [Theory]
    [InlineData("disabled", true)]
    [InlineData("enabled", false)]
    public void An_annotation_protects_from_pruning(string value, bool isDisabled) =>
        Annotated(value).State!.Resources.Values.Single().PruneDisabled.Should().Be(isDisabled);

    [Fact]
    public void Another_value_of_the_annotation_is_refused() =>
        Annotated("no").Complaints().Should().StartWith("the annotation edgeoperator.io/prune is `no` (a.yaml:5:17)");

    [Fact]
    public void A_slip_in_the_annotation_is_refused() =>
        Annotated("disabled", "edgeoperator.io/prun").Complaints().Should()
            .StartWith("the annotation `edgeoperator.io/prun` is not known (a.yaml:5:17): did you mean `edgeoperator.io/prune`?");

    [Fact]
    public void Annotations_of_others_are_free() => Annotated("x", "example.com/owner").Problems.Should().BeEmpty();

    private static ReadResult Annotated(string value, string annotation = "edgeoperator.io/prune") =>
        Reading.Yaml(Reading.Module().Replace("  name: web", $"  name: web\n  annotations: {{{annotation}: {value}}}", StringComparison.Ordinal));
}
