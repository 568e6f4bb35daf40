namespace EdgeOperator.Core.Tests.Kinds.EdgeModule.Compiling;

public sealed class EngineObjectsTests
{
    [Fact]
    public void Named_volumes_are_found_wherever_they_are_mounted() =>
        Compiling.With(
            """
            {"HostConfig": {
              "Binds": ["zeta:/z:ro", "/host:/h", "C:\\host:C:\\h", "/anonymous"],
              "Mounts": [{"Type": "volume", "Source": "alpha", "Target": "/a"}, {"Type": "volume", "Target": "/b"}, {"Type": "bind", "Source": "/x", "Target": "/x"}]}}
            """,
            spec => spec with { Volumes = [new("mid", "/m", false, null), new("/path", "/p", false, null)] })
            .Container!.Volumes.Should().Equal("alpha", "mid", "zeta");

    [Fact]
    public void A_volume_with_a_driver_of_its_own_is_left_to_the_engine_to_make()
    {
        Compiling.With("""{"HostConfig": {"VolumeDriver": "nfs", "Binds": ["data:/data"]}}""").Container!.Volumes.Should().BeEmpty();
        Compiling.With("""{"HostConfig": {"Mounts": [{"Type": "volume", "Source": "data", "Target": "/d", "VolumeOptions": {"DriverConfig": {"Name": "nfs"}}}]}}""")
            .Container!.Volumes.Should().BeEmpty();
    }

    [Theory]
    [InlineData("""{"HostConfig": {"NetworkMode": "plant"}}""", "plant")]
    [InlineData("""{"NetworkingConfig": {"EndpointsConfig": {"plant": {}, "bridge": {}}}}""", "plant")]
    [InlineData("""{"HostConfig": {"NetworkMode": "plant"}, "NetworkingConfig": {"EndpointsConfig": {"plant": {}, "cloud": null}}}""", "cloud,plant")]
    [InlineData("""{"HostConfig": {"NetworkMode": "host"}, "NetworkingConfig": {"EndpointsConfig": {"host": {}}}}""", "")]
    [InlineData("""{"HostConfig": {"NetworkMode": "container:other"}}""", "")]
    [InlineData("""{"HostConfig": {"NetworkMode": "none"}}""", "")]
    [InlineData("""{}""", "")]
    public void Networks_are_those_that_the_engine_does_not_have_by_itself(string options, string networks) =>
        string.Join(',', Compiling.With(options).Container!.Networks).Should().Be(networks);

    [Fact]
    public void A_module_without_a_network_is_on_the_engine_s_default_one()
    {
        var body = Compiling.Spec("{}").Body;
        body["HostConfig"]!["NetworkMode"].Should().BeNull();
        body["NetworkingConfig"].Should().BeNull();
    }

    [Fact]
    public void A_module_answers_to_its_name_in_each_of_its_networks_and_the_first_one_leads_out()
    {
        var compiled = Compiling.Plain(spec => spec with { Networks = ["plant", "bridge", "cloud"] });

        compiled.Body["HostConfig"]!["NetworkMode"]!.GetValue<string>().Should().Be("plant");
        compiled.Body["NetworkingConfig"]!.ToJsonString().Should().Be(
            """{"EndpointsConfig":{"bridge":{},"cloud":{"Aliases":["app"]},"plant":{"Aliases":["app"]}}}""");
        compiled.Container!.Networks.Should().Equal("cloud", "plant");
    }

    [Fact]
    public void The_host_s_network_is_a_mode_and_no_endpoint()
    {
        var body = Compiling.Plain(spec => spec with { Networks = ["host"] }).Body;
        body["HostConfig"]!["NetworkMode"]!.GetValue<string>().Should().Be("host");
        body["NetworkingConfig"].Should().BeNull();
    }

    [Fact]
    public void The_host_s_network_can_t_be_joined_with_others() =>
        Compiling.Plain(spec => spec with { Networks = ["plant", "host"] }).Complaints.Should().Contain("networks joins host and others");
}
