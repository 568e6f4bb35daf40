using System.Net;
using EdgeOperator.Hub.Tests.Mqtt;

namespace EdgeOperator.Hub.Tests.Figures;

/// <summary>A device may send anything where its figures are expected.</summary>
[Collection(SharedHub.Name)]
public sealed class DeviceFiguresTests(SharedHub shared)
{
    private const string Topic = "edgeop-message=hostFigures&$.ct=application%2Fjson&$.ce=utf-8";

    private HubUnderTest Hub => shared.Hub;

    [Theory]
    [InlineData("not JSON")]
    [InlineData("{}", true)]
    [InlineData("""{"cpu":2}""")]
    [InlineData("""{"cpu":"much"}""")]
    [InlineData("""{"memoryTotal":1,"memoryAvailable":2}""")]
    [InlineData("""{"disks":[{"path":"/","total":0,"free":0}]}""")]
    [InlineData("""{"disks":[null]}""")]
    [InlineData("""{"disks":null}""")]
    [InlineData("""{"temperatures":[{"sensor":"x","celsius":1e300}]}""")]
    [InlineData("""{"cpu":0.5,"memoryTotal":1000,"memoryAvailable":250,"disks":[{"path":"/","total":100,"free":20}],"temperatures":[{"sensor":"<b>","celsius":41.5}]}""", true)]
    public async Task What_is_no_figures_is_left_out_and_harms_nobody(string message, bool isTaken = false)
    {
        var name = $"figures-{Guid.NewGuid():N}"[..20];
        var key = await Hub.CreateDeviceAsync(name);
        var (device, _) = await RawMqtt.ConnectAsync(Hub, name, key);
        await using var connection = device;

        await device.SendAsync(RawMqtt.Publish($"devices/{name}/messages/events/{Topic}", message, quality: 1));
        (await device.ReceiveAsync())!.Value.First.Should().Be(0x40, "it is acknowledged, so that it is not sent again and again");

        var (status, figures) = await Hub.CallAsync("GET", $"api/v1/devices/{name}/figures");
        status.Should().Be(isTaken ? HttpStatusCode.OK : HttpStatusCode.NotFound, figures?.ToJsonString());
        if (message.Contains("celsius\":41.5", StringComparison.Ordinal))
            figures!["points"]![0]!.ToJsonString().Should().Contain("\"cpu\":50,\"memory\":75,\"disk\":80,\"temperature\":42");
    }

    [Fact]
    public async Task A_device_that_sends_all_the_time_has_one_point()
    {
        var key = await Hub.CreateDeviceAsync("figures-often");
        await using var device = (await RawMqtt.ConnectAsync(Hub, "figures-often", key)).Client;

        for (ushort i = 1; i <= 20; i++)
        {
            await device.SendAsync(RawMqtt.Publish($"devices/figures-often/messages/events/{Topic}", $$"""{"cpu":0.{{i:00}}}""", quality: 1, id: i));
            await device.ReceiveAsync();
        }

        (await Hub.CallAsync("GET", "api/v1/devices/figures-often/figures")).Body!["points"]!.AsArray().Should().ContainSingle().Which!["cpu"]!.GetValue<int>().Should().Be(1);
    }
}
