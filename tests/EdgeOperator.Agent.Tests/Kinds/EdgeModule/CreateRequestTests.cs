using EdgeOperator.Agent.Kinds.EdgeModule;
using EdgeOperator.Core.Kinds.EdgeModule;

namespace EdgeOperator.Agent.Tests.Kinds.EdgeModule;

public class CreateRequestTests
{
    private const string ThreeNetworks = """{"HostConfig":{"NetworkMode":"b"},"NetworkingConfig":{"EndpointsConfig":{"a":{"Aliases":["x"]},"b":{},"c":null}}}""";

    private static readonly Dictionary<string, string> Labels = new() { ["owner"] = "us" };

    [Theory]
    [InlineData("""{"Image":"web"}""", """{"Image":"web","Labels":{"owner":"us"}}""")]
    [InlineData("""{"Labels":null}""", """{"Labels":{"owner":"us"}}""")]
    [InlineData("""{"Labels":{"own":"kept","owner":"forged"}}""", """{"Labels":{"own":"kept","owner":"us"}}""")]
    public void The_ownership_labels_are_added_and_win(string body, string expected) =>
        For(body, "1.41").Body.ToJsonString().Should().Be(expected);

    [Fact]
    public void Older_engines_get_one_network_at_creation_and_the_others_later()
    {
        var request = For(ThreeNetworks, "1.43");

        request.Body["NetworkingConfig"]!.ToJsonString().Should().Be("""{"EndpointsConfig":{"b":{}}}""");
        request.ConnectLater.Select(later => (later.Key, later.Value?.ToJsonString())).Should().Equal(("a", """{"Aliases":["x"]}"""), ("c", null));
    }

    [Fact]
    public void Newer_engines_get_all_networks_at_once()
    {
        var request = For(ThreeNetworks, "1.44");

        request.ConnectLater.Should().BeEmpty();
        request.Body["NetworkingConfig"]!["EndpointsConfig"]!.AsObject().Should().HaveCount(3);
    }

    [Theory]
    [InlineData("""{"NetworkingConfig":{"EndpointsConfig":{"a":{},"b":{}}}}""", "a")]
    [InlineData("""{"HostConfig":{"NetworkMode":"bridge"},"NetworkingConfig":{"EndpointsConfig":{"a":{},"b":{}}}}""", "a")]
    public void Without_a_matching_network_mode_the_first_network_is_the_one(string body, string first) =>
        For(body, "1.41").Body["NetworkingConfig"]!["EndpointsConfig"]!.AsObject().Should().ContainSingle().Which.Key.Should().Be(first);

    [Theory]
    [InlineData("{}", """{"ExtraHosts":["host.edgeop.internal:10.0.2.2"]}""")]
    [InlineData("""{"HostConfig":{"ExtraHosts":["db:10.1.1.1"]}}""", """{"ExtraHosts":["db:10.1.1.1","host.edgeop.internal:10.0.2.2"]}""")]
    [InlineData("""{"HostConfig":{"ExtraHosts":["host.edgeop.internal:10.9.9.9"]}}""", """{"ExtraHosts":["host.edgeop.internal:10.9.9.9"]}""")]
    [InlineData("""{"HostConfig":{"NetworkMode":"host"}}""", """{"NetworkMode":"host"}""")]
    [InlineData("""{"HostConfig":{"NetworkMode":"container:other"}}""", """{"NetworkMode":"container:other"}""")]
    public void A_module_inside_of_a_machine_knows_the_host_by_name_unless_it_has_that_name_or_its_network_from_elsewhere(string body, string expected) =>
        CreateRequest.For(Spec(body), Labels, new(1, 44), host: "10.0.2.2").Body["HostConfig"]!.ToJsonString().Should().Be(expected);

    [Fact]
    public void The_spec_itself_is_not_changed()
    {
        var spec = Spec(ThreeNetworks);
        CreateRequest.For(spec, Labels, new(1, 41));

        spec.CreateBody.Should().Be(ThreeNetworks);
    }

    private static CreateRequest For(string body, string api) => CreateRequest.For(Spec(body), Labels, Version.Parse(api));

    private static EdgeModuleSpec Spec(string body) => new() { Name = "web", Image = "web", CreateBody = body };
}
