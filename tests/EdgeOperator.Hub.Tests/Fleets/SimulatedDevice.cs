using System.Text.Json.Nodes;
using EdgeOperator.Hub.Tests.Mqtt;

namespace EdgeOperator.Hub.Tests.Fleets;

/// <summary>A device that speaks to the hub as an agent does: it is told commits over MQTT, and reports what it makes of them.</summary>
internal sealed class SimulatedDevice(HubUnderTest hub, string name, string key, string initial) : IAsyncDisposable
{
    private readonly SemaphoreSlim _sending = new(1);
    private RawMqtt? _connection;
    private CancellationTokenSource _connected = new();
    private Task _reading = Task.CompletedTask;
    private Task _pinging = Task.CompletedTask;
    private string _applied = initial;

    /// <summary>The digit of the commit at which it fails and goes back by itself.</summary>
    public const char Bad = 'e';

    /// <summary>What it was told, in order.</summary>
    public List<string> Told { get; } = [];

    public static async Task<SimulatedDevice> CreateAsync(HubUnderTest hub, string name, string labels, string initial)
    {
        var key = await hub.CreateDeviceAsync(name);
        await hub.CallAsync("PATCH", $"api/v1/devices/{name}/labels", labels);
        return new(hub, name, key, initial);
    }

    public async Task ConnectAsync()
    {
        var (connection, acknowledgement) = await RawMqtt.ConnectAsync(hub, name, key);
        acknowledgement[^1].Should().Be(0);
        _connection = connection;
        await SendAsync(RawMqtt.Subscribe(1, "$iothub/twin/PATCH/properties/desired/#", "$iothub/twin/res/#"));
        _connected = new();
        _reading = ReadAsync(connection);
        _pinging = PingAsync(_connected.Token);
        await ReportAsync(null);
        await SendAsync(RawMqtt.Publish("$iothub/twin/GET/?$rid=get", ""));
    }

    public async Task DisconnectAsync()
    {
        if (_connection is not null)
            await _connection.DisposeAsync();
        await _connected.CancelAsync();
        await _reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _pinging.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _connected.Dispose();
        _connection = null;
    }

    public async ValueTask DisposeAsync()
    {
        await DisconnectAsync();
        _sending.Dispose();
    }

    private async Task PingAsync(CancellationToken ended)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(10));
        while (await timer.WaitForNextTickAsync(ended))
            await SendAsync([0xC0, 0]);
    }

    private async Task ReadAsync(RawMqtt connection)
    {
        while (await connection.ReceiveAsync() is { } packet)
        {
            if (packet.First >> 4 != 3)
                continue;
            var (topic, payload) = RawMqtt.ReadPublish(packet.First, packet.Body);
            if (payload.Length == 0 || JsonNode.Parse(payload) is not JsonObject body)
                continue;
            var desired = topic.StartsWith("$iothub/twin/res/200/?$rid=get", StringComparison.Ordinal) ? body["desired"] as JsonObject : topic.StartsWith("$iothub/twin/PATCH/", StringComparison.Ordinal) ? body : null;
            if ((string?)desired?["edgeoperator"]?["sources"]?["git"]?["commit"] is { } commit)
                await FollowAsync(commit);
        }
    }

    private async Task FollowAsync(string commit)
    {
        lock (Told)
            if (Told.Count == 0 || Told[^1] != commit)
                Told.Add(commit);
        if (commit[0] == Bad)
        {
            await ReportAsync(commit);
            return;
        }

        _applied = commit;
        await ReportAsync(null);
    }

    private Task ReportAsync(string? failed)
    {
        var ready = failed is null;
        var report = new JsonObject
        {
            ["edgeoperator"] = new JsonObject
            {
                ["agentVersion"] = "simulated",
                ["sources"] = new JsonObject { ["git"] = new JsonObject { ["applied"] = _applied, ["failed"] = ready ? null : new JsonObject { ["revision"] = failed, ["message"] = "web is unhealthy" } } },
                ["conditions"] = new JsonObject { ["Ready"] = new JsonObject { ["status"] = ready ? "True" : "False", ["message"] = ready ? "" : "web is unhealthy" } },
                ["counts"] = new JsonObject { ["resources"] = 1, ["ready"] = 1 },
            },
        };
        return SendAsync(RawMqtt.Publish("$iothub/twin/PATCH/properties/reported/?$rid=1", report.ToJsonString()));
    }

    private async Task SendAsync(byte[] packet)
    {
        await _sending.WaitAsync();
        try
        {
            await _connection!.SendAsync(packet);
        }
        finally
        {
            _sending.Release();
        }
    }
}
