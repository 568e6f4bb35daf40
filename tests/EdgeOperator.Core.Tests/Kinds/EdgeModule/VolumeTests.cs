using System.Text.Json.Nodes;
using EdgeOperator.Core.Tests.Manifests;

namespace EdgeOperator.Core.Tests.Kinds.EdgeModule;

public sealed class VolumeTests
{
    [Theory]
    [InlineData("data:/data", "data:/data")]
    [InlineData("data:/data:ro", "data:/data:ro")]
    [InlineData("/srv/x:/x:ro,z", "/srv/x:/x:ro,z")]
    [InlineData("{source: data, path: /data, readOnly: true, relabel: private}", "data:/data:ro,Z")]
    public void Every_form_mounts_the_volume(string volume, string bind) =>
        JsonNode.Parse(Reading.Yaml(Reading.Module($"volumes:\n- {volume}")).Container().CreateBody)!["HostConfig"]!["Binds"]!.ToJsonString()
            .Should().Be($"[\"{bind}\"]");

    [Fact]
    public void Only_named_volumes_are_for_the_agent_to_create() =>
        Reading.Yaml(Reading.Module("volumes: ['data:/data', '/srv/x:/x']")).Container().Volumes.Should().Equal("data");

    [Theory]
    [InlineData("/data", "spec.volumes[0] must be a volume such as `data:/var/lib/data` or `/srv/data:/data:ro`, not the string `/data`")]
    [InlineData("data:data", "spec.volumes[0] must be an absolute path without `..`, not the string `data`")]
    [InlineData("./data:/data", "spec.volumes[0] must be a volume's name or an absolute path on the host, not the string `./data`")]
    [InlineData("data:/data:rslave", "the option `rslave` is not one of ro, rw, z and Z")]
    [InlineData("data:/data/../etc", "an absolute path without `..`")]
    [InlineData("{source: data}", "spec.volumes[0].path is missing")]
    public void What_is_no_volume_is_refused(string volume, string problem) =>
        Reading.Yaml(Reading.Module($"volumes:\n- {volume}")).Complaints().Should().Contain(problem);
}
