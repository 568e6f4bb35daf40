using System.Text.Json;
using EdgeOperator.Core.Protocol.Functions;

namespace EdgeOperator.Core.Tests.Protocol;

public sealed class HostProtocolTests
{
    [Fact]
    public void What_a_request_does_not_name_has_its_default()
    {
        var read = JsonSerializer.Deserialize("""{"app": "a", "generation": "1", "folder": "/f"}""", HostJson.Default.AppRequest)!;

        read.Should().BeEquivalentTo(new AppRequest { App = "a", Generation = "1", Folder = "/f" });
        read.Address.Should().Be("127.0.0.1");
        read.Instances.Should().Be(1);
        read.Settings.Should().BeEmpty();
        read.Schedule.IsDefault.Should().BeFalse();
    }
}
