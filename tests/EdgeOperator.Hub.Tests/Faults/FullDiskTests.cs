using System.Net;
using EdgeOperator.Hub.Tests.Mqtt;
using EdgeOperator.Testing;

namespace EdgeOperator.Hub.Tests.Faults;

/// <summary>SQLite on a disk that is full.</summary>
public sealed class FullDiskTests
{
    [Fact]
    public async Task Nothing_is_accepted_that_can_t_be_kept_and_all_goes_on_when_there_is_space()
    {
        await using var hub = HubUnderTest.Prepare("");
        Directory.CreateDirectory(hub.Data);
        await using var disk = await TinyDisk.MountAsync(8 * 1024, hub.Data);
        await hub.StartProcessAsync();
        await hub.ReadAccessAsync();
        var key = await hub.CreateDeviceAsync("d");
        var accepted = 0;
        var (client, _) = await RawMqtt.ConnectAsync(hub, "d", key, clean: false);
        await using var device = client;

        disk.Fill();
        await Eventually.TrueAsync("a write is refused", async () =>
        {
            var (status, _) = await hub.CallAsync("PATCH", "twins/d", Desired(accepted + 1));
            status.Should().BeOneOf(HttpStatusCode.OK, HttpStatusCode.ServiceUnavailable);
            accepted += status == HttpStatusCode.OK ? 1 : 0;
            return status == HttpStatusCode.ServiceUnavailable;
        });
        (await hub.CallAsync("GET", "twins/d")).Body!["properties"]!["desired"]!["$version"]!.GetValue<int>().Should().Be(accepted + 1);
        disk.Free();
        await Eventually.SucceedsAsync(async () => (await hub.CallAsync("PATCH", "twins/d", Desired(accepted + 1))).Status.Should().Be(HttpStatusCode.OK));
        accepted++;

        hub.Kill();
        await hub.StopAsync();
        await hub.StartProcessAsync();
        var desired = (await hub.CallAsync("GET", "twins/d")).Body!["properties"]!["desired"]!;
        desired["n"]!.GetValue<int>().Should().Be(accepted);
        desired["$version"]!.GetValue<int>().Should().Be(accepted + 1);
        await hub.StopAsync();
    }

    private static string Desired(int value) => $$"""{"properties":{"desired":{"n":{{value}},"much":"{{new string('x', 3000)}}"} } }""";
}
