using System.Net;
using EdgeOperator.Hub.Hosting;
using EdgeOperator.Hub.Tests.Mqtt;
using EdgeOperator.Hub.Tests.Storage;
using EdgeOperator.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeOperator.Hub.Tests.Faults;

/// <summary>The clock of the hub's machine is set forth and back while it runs.</summary>
[Collection(SharedPostgres.Name)]
public sealed class ClockTests(SharedPostgres shared)
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Devices_stay_connected_and_versions_ascend_whatever_the_clock_says(bool isPostgres)
    {
        await using var hub = HubUnderTest.Prepare(isPostgres ? shared.Server.Configuration(await shared.Server.CreateDatabaseAsync()) : "");
        var time = new ShiftedTime();
        using var stop = new CancellationTokenSource();
        using var output = new StringWriter();
        var running = HubProcess.RunAsync(hub.ReadConfiguration(), output, NullLoggerFactory.Instance, time, stop.Token);
        await Eventually.TrueAsync("the hub listens", () => running.IsFaulted || output.ToString().Contains("ID scope", StringComparison.Ordinal));
        await hub.ReadAccessAsync();
        var key = await hub.CreateDeviceAsync("d");
        var (client, _) = await RawMqtt.ConnectAsync(hub, "d", key, clean: false);
        await using var device = client;
        await device.SendAsync(RawMqtt.Subscribe(1, "$iothub/twin/PATCH/properties/desired/#", "devices/d/messages/devicebound/#"));
        await device.ReceiveAsync();

        var version = 1;
        foreach (var days in (int[])[0, 3, -3, 400, 0])
        {
            time.Offset = TimeSpan.FromDays(days);
            version++;
            (await hub.CallAsync("PATCH", "twins/d", $$"""{"properties":{"desired":{"n":{{version}} } } }""")).Status.Should().Be(HttpStatusCode.OK);
            (await device.ReceivePublishAsync()).Topic.Should().EndWith($"$version={version}");
            (await hub.CallAsync("POST", "devices/d/messages/devicebound", $"\"{days}\"")).Status.Should().Be(HttpStatusCode.Accepted);
            var (first, body) = (await device.ReceiveAsync())!.Value;
            RawMqtt.ReadPublish(first, body).Payload.Should().Be($"\"{days}\"");
            var id = 2 + ((body[0] << 8) | body[1]);
            await device.SendAsync(0x40, 2, body[id], body[id + 1]);
        }

        (await hub.CallAsync("GET", "devices/d")).Body!["connectionState"]!.GetValue<string>().Should().Be("Connected");
        await stop.CancelAsync();
        await running;
    }

    private sealed class ShiftedTime : TimeProvider
    {
        private long _offset;

        public TimeSpan Offset
        {
            set => Volatile.Write(ref _offset, value.Ticks);
        }

        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + TimeSpan.FromTicks(Volatile.Read(ref _offset));
    }
}
