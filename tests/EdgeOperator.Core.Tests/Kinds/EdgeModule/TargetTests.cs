using EdgeOperator.Core.Kinds;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Tests.Manifests;

namespace EdgeOperator.Core.Tests.Kinds.EdgeModule;

public class TargetTests
{
    private const string Image = "disk: {image: {path: /srv/guest.qcow2, sha256: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa}}";

    [Fact]
    public void A_module_depends_on_the_machine_that_it_is_to_run_in()
    {
        var result = Reading.Files(("a.yaml", Reading.Module("target: edge\ndependsOn: [ConfigFile/motd]")), ("m.yaml", Machine("edge")), ("f.yaml", Reading.ConfigFile("content: x")));

        result.Container().Target.Should().Be("edge");
        result.State!.Resources[new(KindNames.EdgeModule, "web")].DependsOn.Should().Equal(new ResourceId(KindNames.ConfigFile, "motd"), new ResourceId(KindNames.VirtualMachine, "edge"));
    }

    [Fact]
    public void A_dependency_that_is_written_out_counts_once() =>
        Reading.Files(("a.yaml", Reading.Module("target: edge\ndependsOn: [VirtualMachine/edge]")), ("m.yaml", Machine("edge")))
            .State!.Resources[new(KindNames.EdgeModule, "web")].DependsOn.Should().Equal(new ResourceId(KindNames.VirtualMachine, "edge"));

    [Fact]
    public void On_the_host_and_in_a_machine_a_module_is_not_the_same()
    {
        var inside = Reading.Files(("a.yaml", Reading.Module("target: edge")), ("m.yaml", Machine("edge"))).Container();
        var host = Reading.Yaml(Reading.Module("target: host")).Container();

        inside.CreateBody.Should().Be(host.CreateBody);
        inside.Hash.Should().NotBe(host.Hash);
        Reading.Yaml(Reading.Module()).Container().Hash.Should().Be(host.Hash);
    }

    [Fact]
    public void A_machine_that_the_device_does_not_have_is_named_where_it_is_asked_for() =>
        Reading.Files(("a.yaml", Reading.Module("target: egde")), ("m.yaml", Machine("edge"))).Complaints()
            .Should().Be("EdgeModule/web should run in VirtualMachine/egde, which is not desired on this device (a.yaml:7:11): did you mean `edge`?");

    [Fact]
    public void A_machine_of_other_devices_is_none_of_this_one() =>
        Reading.Files(("a.yaml", Reading.Module("target: edge")), ("m.yaml", Machine("edge", "deviceSelector: {matchLabels: {site: paris}}"))).Complaints()
            .Should().Contain("which is not desired on this device (a.yaml:7:11): add it, or write `host` for the device's own engine");

    [Fact]
    public void The_machine_may_come_from_another_source()
    {
        var result = ManifestReader.Read(RegisteredKinds.All.Manifests,
            "r1", [Reading.Source("one", ("a.yaml", Reading.Module("target: edge"))), Reading.Source("two", ("m.yaml", Machine("edge")))], new(Reading.Till));

        result.Problems.Should().BeEmpty();
    }

    [Fact]
    public void For_any_device_a_machine_that_is_not_there_is_worth_a_look()
    {
        var result = Reading.Files(RenderContext.AnyDevice, ("a.yaml", Reading.Module("target: edge")), ("b.yaml", Reading.Module("target: ${vars.machine}", "other")));

        result.Problems.Should().BeEmpty();
        result.Warnings.Should().ContainSingle().Which.ToString().Should().Contain("EdgeModule/web should run in VirtualMachine/edge, which is not among these manifests (a.yaml:7:11)");
    }

    [Fact]
    public void A_variable_may_name_the_machine() =>
        Reading.Files(
            new RenderContext(Reading.Device("d", [], [("machine", "edge")])), ("a.yaml", Reading.Module("target: ${vars.machine}")), ("m.yaml", Machine("edge"))).Container().Target.Should().Be("edge");

    [Fact]
    public void No_machine_has_the_name_of_the_host() =>
        Reading.Files(("m.yaml", Machine("host"))).Complaints().Should().Be("no VirtualMachine can be named host, which stands for the device itself (m.yaml:1:1): choose another name");

    [Fact]
    public void A_file_is_on_the_host() =>
        Reading.Files(("a.yaml", Reading.ConfigFile("content: x\ntarget: edge")), ("m.yaml", Machine("edge"))).Complaints()
            .Should().Contain("spec.target must be `host`").And.Contain("stands in its `provisioning.files`");

    private static string Machine(string name, string spec = "") =>
        $"""
        apiVersion: edgeoperator.io/v1alpha1
        kind: VirtualMachine
        metadata: {"{"}name: {name}{"}"}
        spec:
          {Image}
          {spec}

        """;
}
