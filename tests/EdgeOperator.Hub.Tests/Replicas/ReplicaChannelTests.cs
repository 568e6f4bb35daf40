using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using EdgeOperator.Hub.Tests.Agent;
using EdgeOperator.Hub.Tests.Cli;
using EdgeOperator.Hub.Tests.Mqtt;
using EdgeOperator.Hub.Tests.Storage;
using EdgeOperator.Testing;

namespace EdgeOperator.Hub.Tests.Replicas;

/// <summary>Logs and commands of a device whose connections reach another replica than the operator's.</summary>
[Collection(SharedPostgres.Name)]
public sealed class ReplicaChannelTests(ReplicaPair pair, SharedPostgres shared) : IClassFixture<ReplicaPair>
{
    private const string Password = "a longer password";

    [Fact]
    public async Task A_command_that_is_asked_for_at_one_replica_runs_on_a_device_of_the_other()
    {
        using var edgeop = new HubCommandLine();
        var (login, _, refused) = await edgeop.RunAsync(["login", $"https://{pair.Two.Address}", "--ca-file", pair.Two.CaFile], $"{pair.One.OneTimePassword}\n{Password}\n{Password}\n");
        login.Should().Be(0, refused);
        await using var agent = await AgentAtHub.StartAsync(pair.One, "replica-exec", "hello", more: "remote: {hostTerminal: true}");

        var (code, output, error) = await edgeop.RunAsync(["exec", "-i", "replica-exec", "host", "--", "sh", "-c", "cat; echo oops >&2; exit 3"], "typed\n");
        var (none, _, why) = await edgeop.RunAsync(["logs", "replica-exec", "module/none"]);

        (code, output, error).Should().Be((3, "typed\n", "oops\n"));
        none.Should().NotBe(0);
        why.Should().Contain("no EdgeModule/none");
        var audit = (await pair.One.CallAsync("GET", "api/v1/audit?limit=1000")).Body!.AsArray();
        audit.Where(e => e!["action"]!.GetValue<string>() == "exec Host/replica-exec" || e["action"]!.GetValue<string>().StartsWith("exec ", StringComparison.Ordinal)).Should().ContainSingle();
    }

    [Fact]
    public async Task A_log_of_a_device_of_the_other_replica_is_read_as_it_comes_and_its_end_reaches_the_device()
    {
        await using var device = await ConnectAsync(pair.One, "replica-logs");
        using var stop = new CancellationTokenSource();
        var reading = ReadLogAsync(pair.Two, "replica-logs", stop.Token);
        using var socket = await OpenAsync(pair.One, device, await ChannelAsync(device));

        await socket.SendAsync(Encoding.UTF8.GetBytes("first\n"), WebSocketMessageType.Binary, true, default);
        using var lines = new StreamReader(await reading);
        (await lines.ReadLineAsync(default).AsTask().WaitAsync(Eventually.Deadline)).Should().Be("first");
        await socket.SendAsync(Encoding.UTF8.GetBytes("second\n"), WebSocketMessageType.Binary, true, default);
        (await lines.ReadLineAsync(default).AsTask().WaitAsync(Eventually.Deadline)).Should().Be("second");
        lines.Dispose();

        (await socket.ReceiveAsync(new byte[10], default).WaitAsync(Eventually.Deadline)).MessageType.Should().Be(WebSocketMessageType.Close);
    }

    [Fact]
    public async Task A_replica_without_an_address_can_t_be_reached_and_its_operator_reads_why()
    {
        await using var hidden = await HubUnderTest.StartAsync(shared.Server.Configuration(pair.Database), replicaOf: pair.One);
        await using var device = await ConnectAsync(pair.One, "replica-hidden");

        var asking = hidden.CallAsync("GET", "api/v1/devices/replica-hidden/logs?resource=EdgeModule/web");
        await FluentActions.Awaiting(async () => await OpenAsync(pair.One, device, await ChannelAsync(device))).Should().ThrowAsync<WebSocketException>();

        var (status, body) = await asking;
        status.Should().Be(HttpStatusCode.ServiceUnavailable);
        body!.ToJsonString().Should().Contain("set replica.address in its hub.yaml");
    }

    [Fact]
    public async Task A_replica_with_a_wrong_address_can_t_be_reached_and_its_operator_reads_why()
    {
        var address = $"127.0.0.1:{FreePort.Next()}";
        await using var misplaced = await HubUnderTest.StartAsync($"{shared.Server.Configuration(pair.Database)}\nreplica: {{address: \"{address}\"}}", replicaOf: pair.One);
        await using var device = await ConnectAsync(pair.One, "replica-misplaced");

        var asking = misplaced.CallAsync("GET", "api/v1/devices/replica-misplaced/logs?resource=EdgeModule/web");
        await FluentActions.Awaiting(async () => await OpenAsync(pair.One, device, await ChannelAsync(device))).Should().ThrowAsync<WebSocketException>();

        var (status, body) = await asking;
        status.Should().Be(HttpStatusCode.ServiceUnavailable);
        body!["Message"]!.GetValue<string>().Should().Contain($"can't reach it at {address}");
    }

    [Fact]
    public async Task Only_the_device_that_was_asked_and_only_a_replica_can_take_a_channel()
    {
        await using var device = await ConnectAsync(pair.One, "replica-asked");
        await using var other = await ConnectAsync(pair.One, "replica-other");
        using var stop = new CancellationTokenSource();
        var reading = ReadLogAsync(pair.Two, "replica-asked", stop.Token);
        var channel = await ChannelAsync(device);

        await FluentActions.Awaiting(() => OpenAsync(pair.One, other, channel)).Should().ThrowAsync<WebSocketException>();
        var relay = channel.Replace("channels", "relays", StringComparison.Ordinal);
        foreach (var token in (string[])["", "Replica", "Replica AAAA", $"Replica {new string('A', 200)}", pair.Two.Token()])
            (await pair.Two.CallAsync("GET", relay, null, token)).Status.Should().Be(HttpStatusCode.Unauthorized);

        using var socket = await OpenAsync(pair.One, device, channel);
        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, default);
        using var text = new StreamReader(await reading);
        (await text.ReadToEndAsync()).Should().BeEmpty();
    }

    private static async Task<ChannelDevice> ConnectAsync(HubUnderTest hub, string name)
    {
        var key = await hub.CreateDeviceAsync(name);
        var (client, _) = await RawMqtt.ConnectAsync(hub, name, key);
        await client.SendAsync(RawMqtt.Subscribe(1, "$iothub/methods/POST/#"));
        await client.ReceiveAsync();
        return new(name, key, client);
    }

    /// <summary>Answers the method that asks for a channel.</summary>
    /// <returns>The channel's path.</returns>
    private static async Task<string> ChannelAsync(ChannelDevice device)
    {
        var (topic, payload) = await device.Client.ReceivePublishAsync();
        topic.Should().StartWith("$iothub/methods/POST/openChannel/");
        await device.Client.SendAsync(RawMqtt.Publish($"$iothub/methods/res/200/?$rid={topic.Split("$rid=")[1]}", "{}"));
        return JsonNode.Parse(payload)!["channel"]!["path"]!.GetValue<string>();
    }

    private static async Task<ClientWebSocket> OpenAsync(HubUnderTest hub, ChannelDevice device, string path)
    {
        var socket = new ClientWebSocket();
        try
        {
            socket.Options.SetRequestHeader("Authorization", hub.Token($"{hub.Host}/devices/{device.Name}", device.Key));
            using var deadline = new CancellationTokenSource(Eventually.Deadline);
            await socket.ConnectAsync(new($"wss://{hub.Host}/{path}"), hub.Client, deadline.Token);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static async Task<Stream> ReadLogAsync(HubUnderTest hub, string device, CancellationToken stop)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"https://{hub.Host}/api/v1/devices/{device}/logs?resource=EdgeModule/web&follow=true");
        request.Headers.TryAddWithoutValidation("Authorization", hub.Token());
        var answer = await hub.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stop);
        answer.StatusCode.Should().Be(HttpStatusCode.OK);
        return await answer.Content.ReadAsStreamAsync(stop);
    }

    private sealed record ChannelDevice(string Name, string Key, RawMqtt Client) : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => Client.DisposeAsync();
    }
}
