using EdgeOperator.Agent.Engine;
using EdgeOperator.Agent.Kinds.EdgeModule;
using EdgeOperator.Core.Kinds.EdgeModule;

namespace EdgeOperator.Agent.Tests.Kinds.EdgeModule;

/// <summary>Aliases and addresses that a container has lost in a network.</summary>
public class EndpointChangesTests
{
    private readonly EndpointChanges _changes = new();

    [Theory]
    [InlineData("""{"Aliases": ["web"]}""", new[] { "web", "0123" }, "10.0.0.9", false)]
    [InlineData("""{"Aliases": ["web"]}""", new[] { "other" }, "10.0.0.9", true)]
    [InlineData("""{"Aliases": ["web", "db"]}""", new[] { "web" }, "10.0.0.9", true)]
    [InlineData("""{"IPAMConfig": {"IPv4Address": "10.0.0.9"}}""", new[] { "x" }, "10.0.0.9", false)]
    [InlineData("""{"IPAMConfig": {"IPv4Address": "10.0.0.9"}}""", new[] { "x" }, "10.0.0.2", true)]
    [InlineData("{}", new[] { "x" }, "10.0.0.2", false)]
    public void An_endpoint_has_what_the_spec_asks_for(string asked, string[] aliases, string address, bool changed) =>
        _changes.Of(Spec(asked), Container(new() { Aliases = aliases, IpAddress = address })).Should().Equal(changed ? ["plant"] : Array.Empty<string>());

    [Fact]
    public void An_alias_that_only_the_list_of_names_has_is_there() =>
        _changes.Of(Spec("""{"Aliases": ["web"]}"""), Container(new() { DnsNames = ["web", "0123"] })).Should().BeEmpty();

    [Fact]
    public void An_engine_that_does_not_honour_it_is_asked_once()
    {
        var spec = Spec("""{"Aliases": ["web"]}""");
        _changes.Of(spec, Container(new() { Aliases = [] })).Should().Equal("plant");

        _changes.Reconnected("id", "plant");

        _changes.Of(spec, Container(new() { Aliases = [] })).Should().BeEmpty();
        _changes.Of(spec, Container(new() { Aliases = ["web"] })).Should().BeEmpty();
        _changes.Of(spec, Container(new() { Aliases = [] })).Should().Equal("plant");
    }

    [Fact]
    public void A_network_that_it_is_not_in_and_a_container_that_does_not_run_have_changed_nothing()
    {
        var spec = Spec("""{"Aliases": ["web"]}""");
        var container = Container(new() { Aliases = [] });

        _changes.Of(spec, container with { NetworkSettings = new() { Networks = new Dictionary<string, ContainerEndpoint?>() } }).Should().BeEmpty();
        _changes.Of(spec, container with { State = new() { Status = "exited" } }).Should().BeEmpty();
    }

    private static EdgeModuleSpec Spec(string endpoint) => new()
    {
        Name = "web",
        Image = "web:1",
        CreateBody = "{\"NetworkingConfig\": {\"EndpointsConfig\": {\"plant\": " + endpoint + "}}}",
    };

    private static ContainerDetails Container(ContainerEndpoint endpoint) => new()
    {
        Id = "id",
        State = new() { Status = "running" },
        NetworkSettings = new() { Networks = new Dictionary<string, ContainerEndpoint?> { ["plant"] = endpoint } },
    };
}
