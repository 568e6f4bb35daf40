using EdgeOperator.Core.Kinds.EdgeModule;
using EdgeOperator.Core.Manifests;

namespace EdgeOperator.Core.Tests.Kinds.EdgeModule.Compiling;

public sealed class StartFirstTests
{
    [Theory]
    [InlineData("""{"HostConfig": {"PortBindings": {"80/tcp": [{"HostPort": ""}, {"HostPort": "8080"}]}}}""", "host port 8080 (for 80/tcp)")]
    [InlineData("""{"HostConfig": {"NetworkMode": "host"}}""", "the host's network")]
    [InlineData("""{"NetworkingConfig": {"EndpointsConfig": {"plant": {"IPAMConfig": {"IPv4Address": "10.0.0.9"}}}}}""", "fixed address in the network plant")]
    [InlineData("""{"MacAddress": "02:42:ac:11:65:43"}""", "MacAddress")]
    public void What_two_containers_can_t_both_have_is_a_problem(string options, string claim)
    {
        var compiled = Compiling.Spec($$"""{"updateStrategy": "StartFirst", "createOptions": {{options}}}""", spec => spec with { UpdateStrategy = UpdateStrategy.StartFirst });

        var problem = compiled.Problems.Problems.Should().ContainSingle().Subject;
        problem.What.Should().Contain(claim).And.Contain("while the old one still has it");
        problem.Where.Should().Be(new Position("app.json", 1, 2));
    }

    [Theory]
    [InlineData("""{"HostConfig": {"PortBindings": {"80/tcp": [{"HostPort": ""}], "81/tcp": [{}], "82/tcp": [{"HostPort": "8000-8010"}]}}}""")]
    [InlineData("""{"NetworkingConfig": {"EndpointsConfig": {"plant": {}}}}""")]
    [InlineData("{}")]
    public void What_both_can_have_is_fine(string options) =>
        Compiling.With(options, spec => spec with { UpdateStrategy = UpdateStrategy.StartFirst }).Complaints.Should().BeEmpty();
}
