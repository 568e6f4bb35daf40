using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using EdgeOperator.Core.Artifacts;
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
    private string? _digest;

    /// <summary>The digit of the commit at which it fails and goes back by itself.</summary>
    public const char Bad = 'e';

    /// <summary>The word in an artifact at which it fails just so.</summary>
    public const string BadWord = "broken";

    /// <summary>Where it connects; another replica, say.</summary>
    public HubUnderTest Hub { get; set; } = hub;

    public string Name => name;

    /// <summary>How long it takes to do what it was told.</summary>
    public TimeSpan Work { get; init; }

    /// <summary>Ends with the connection.</summary>
    public Task Ended => _reading;

    /// <summary>What has happened to it, in order: it was told a revision, or was about to report one.</summary>
    public ConcurrentQueue<(DateTimeOffset At, bool IsReport, string Revision)> History { get; } = [];

    /// <summary>What it was told, in order.</summary>
    public List<string> Told { get; } = [];

    public static async Task<SimulatedDevice> CreateAsync(HubUnderTest hub, string name, string labels, string initial, TimeSpan work = default)
    {
        var key = await hub.CreateDeviceAsync(name);
        await hub.CallAsync("PATCH", $"api/v1/devices/{name}/labels", labels);
        return new(hub, name, key, initial) { Work = work };
    }

    public async Task ConnectAsync()
    {
        var (connection, acknowledgement) = await RawMqtt.ConnectAsync(Hub, name, key);
        acknowledgement[^1].Should().Be(0);
        (_connection, _connected) = (connection, new());
        await SendAsync(RawMqtt.Subscribe(1, "$iothub/twin/PATCH/properties/desired/#", "$iothub/twin/res/#"));
        _reading = ReadAsync(connection);
        _pinging = PingAsync(_connected.Token);
        await ReportAsync(null, null);
        await SendAsync(RawMqtt.Publish("$iothub/twin/GET/?$rid=get", ""));
    }

    public async Task DisconnectAsync()
    {
        if (_connection is null)
            return;
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
            if (topic.StartsWith("$iothub/twin/PATCH/", StringComparison.Ordinal))
                await SendAsync(RawMqtt.Publish("$iothub/twin/GET/?$rid=get", ""));
            else if (topic.StartsWith("$iothub/twin/res/200/?$rid=get", StringComparison.Ordinal) && body["desired"]?["edgeoperator"]?["sources"] is JsonObject sources)
                await FollowAsync(sources);
        }
    }

    private async Task FollowAsync(JsonObject sources)
    {
        if ((string?)sources["git"]?["commit"] is { } commit)
            await FollowAsync(commit, null, commit[0] == Bad);
        else if (sources["fleet"] is JsonObject artifact && (string?)artifact["digest"] is { } digest)
            await FollowAsync((string)artifact["revision"]!, digest, await IsBadAsync(digest));
    }

    private async Task FollowAsync(string revision, string? digest, bool isBad)
    {
        lock (Told)
            if (Told.Count == 0 || Told[^1] != revision)
                Told.Add(revision);
        History.Enqueue((TimeProvider.System.GetUtcNow(), false, revision));
        await Task.Delay(Work, TimeProvider.System);
        if (!isBad)
            (_applied, _digest) = (revision, digest);
        await ReportAsync(isBad ? revision : null, digest);
    }

    /// <summary>Downloads an artifact as the device, checks that it is what was named, and looks for the word that makes it bad.</summary>
    private async Task<bool> IsBadAsync(string digest)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"https://{Hub.Host}/api/v1/artifacts/{digest["sha256:".Length..]}"));
        request.Headers.TryAddWithoutValidation("Authorization", Hub.Token($"{Hub.Host}/devices/{name}", key));
        using var answer = await Hub.Client.SendAsync(request);
        var content = await answer.EnsureSuccessStatusCode().Content.ReadAsByteArrayAsync();
        ArtifactDigest.Of(SHA256.HashData(content)).Should().Be(digest);
        return ArtifactPackage.Read(new MemoryStream(content), PackageLimits.Default).Any(file => Encoding.UTF8.GetString(file.Content.Span).Contains(BadWord, StringComparison.Ordinal));
    }

    private Task ReportAsync(string? failed, string? digest)
    {
        var ready = failed is null;
        var failure = ready ? null : new JsonObject { ["revision"] = failed, ["message"] = "web is unhealthy" };
        if (failure is not null && digest is not null)
            failure["digest"] = digest;
        var report = new JsonObject
        {
            ["edgeoperator"] = new JsonObject
            {
                ["agentVersion"] = "simulated",
                ["sources"] = new JsonObject { ["git"] = _digest is null && digest is null ? new JsonObject { ["applied"] = _applied, ["failed"] = failure } : null },
                ["artifacts"] = _digest is null && digest is null ? null : new JsonObject
                {
                    ["fleet"] = new JsonObject { ["applied"] = _digest is null ? null : new JsonObject { ["revision"] = _applied, ["digest"] = _digest }, ["failed"] = failure },
                },
                ["conditions"] = new JsonObject { ["Ready"] = new JsonObject { ["status"] = ready ? "True" : "False", ["message"] = ready ? "" : "web is unhealthy" } },
                ["counts"] = new JsonObject { ["resources"] = 1, ["ready"] = 1 },
            },
        };
        History.Enqueue((TimeProvider.System.GetUtcNow(), true, failed ?? _applied));
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
