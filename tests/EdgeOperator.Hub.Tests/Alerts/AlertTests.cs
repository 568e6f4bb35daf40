using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using EdgeOperator.Core.Twins;
using EdgeOperator.Hub.Hosting;
using EdgeOperator.Hub.Identities;
using EdgeOperator.Hub.Replicas;
using EdgeOperator.Hub.Tests.Mqtt;
using EdgeOperator.Testing;
using Microsoft.AspNetCore.Http;

namespace EdgeOperator.Hub.Tests.Alerts;

/// <summary>Somebody is told of what is wrong, by a real mail server and real HTTP, once, and again when it is over.</summary>
public sealed class AlertTests : IAsyncLifetime
{
    private const string Secret = "a secret of the webhook";

    private MailServer? _mail;
    private HttpReceiver? _http;

    private MailServer Mail => _mail!;

    private HttpReceiver Http => _http!;

    public async Task InitializeAsync() => (_mail, _http) = (await MailServer.StartAsync(), await HttpReceiver.StartAsync());

    public async Task DisposeAsync()
    {
        await Mail.DisposeAsync();
        await Http.DisposeAsync();
    }

    [Fact]
    public async Task A_device_that_is_not_ready_is_told_of_once_also_over_a_restart_and_when_it_is_over()
    {
        await using var hub = Prepare("""{name: NotReady, condition: {type: Ready, status: "False"}, for: 0s, severity: critical}""");
        System.IO.File.WriteAllText(hub.File("secret"), Secret + "\n");
        await hub.StartProcessAsync();
        await hub.ReadAccessAsync();
        var key = await hub.CreateDeviceAsync("sick");
        await using var device = (await RawMqtt.ConnectAsync(hub, "sick", key)).Client;

        await ReportAsync(device, "False", "EdgeModule/web has exited");
        await Eventually.TrueAsync("all are told", () => Mail.Mails.Count > 0 && Http.Of("/hook").Count > 0 && Http.Of("/api/v2/alerts").Count > 0);
        var hook = Http.Of("/hook").Single();
        ((string?)hook["status"], (string?)hook["alert"], (string?)hook["severity"], (int?)hook["count"]).Should().Be(("firing", "NotReady", "critical", 1));
        ((string?)hook["affected"]![0]!["name"], (string?)hook["affected"]![0]!["detail"]).Should().Be(("sick", "EdgeModule/web has exited"));
        var (_, signature, body) = Http.Posts.First(post => post.Path == "/hook");
        signature.Should().Be($"sha256={Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret), body))}");
        var (to, isSecure, text) = Mail.Mails.Single();
        (to, isSecure).Should().Be(("ops@example.com", true));
        text.Should().Contain("Subject: [FIRING] NotReady: 1 is affected (sick)").And.Contain("sick: EdgeModule/web has exited").And.Contain("Auto-Submitted: auto-generated");
        var posted = Http.Of("/api/v2/alerts")[0][0]!;
        ((string?)posted["labels"]!["alertname"], (string?)posted["labels"]!["severity"]).Should().Be(("NotReady", "critical"));
        DateTimeOffset.Parse((string)posted["endsAt"]!, System.Globalization.CultureInfo.InvariantCulture).Should().BeAfter(TimeProvider.System.GetUtcNow());

        await Eventually.TrueAsync("the hub has noted it", async () => (await hub.CallAsync("GET", "api/v1/alerts")).Body!["items"]![0]!["deliveries"]!.AsArray().Count(d => (string?)d!["told"] == "Firing") == 3);
        hub.Kill();
        await hub.StopAsync();
        await hub.StartProcessAsync();
        await using var again = (await RawMqtt.ConnectAsync(hub, "sick", key)).Client;
        await ReportAsync(again, "True", "");
        await Eventually.TrueAsync("all are told that it is over", () => Mail.Mails.Count > 1 && Http.Of("/hook").Count > 1 && Http.Of("/api/v2/alerts").Any(a => Ends(a) <= TimeProvider.System.GetUtcNow()));

        Mail.Mails.Should().HaveCount(2, "the restart tells nothing again");
        Mail.Mails[1].Text.Should().Contain("Subject: [RESOLVED] NotReady").And.Contain("It is over");
        Http.Of("/hook").Select(post => (string?)post["status"]).Should().Equal("firing", "resolved");
        Http.Of("/hook").Select(post => (string?)post["id"]).Distinct().Should().ContainSingle();
        var list = (await hub.CallAsync("GET", "api/v1/alerts")).Body!["items"]!.AsArray().Single()!;
        ((string?)list["status"], list["deliveries"]!.AsArray().Count).Should().Be(("Resolved", 3));
    }

    [Fact]
    public async Task Ten_thousand_devices_that_are_away_at_once_are_one_mail_one_post_and_one_alert()
    {
        await using var hub = Prepare("""{name: Away, offline: true, for: 1s}, {name: NotReady, condition: {type: Ready, status: "False"}, for: 0s}""");
        System.IO.File.WriteAllText(hub.File("secret"), Secret);
        await SeedAsync(hub, 10_000);
        await hub.StartProcessAsync();
        await hub.ReadAccessAsync();

        await Eventually.TrueAsync("all are told", () => Mail.Mails.Count > 0 && Http.Of("/hook").Count > 0 && Http.Of("/api/v2/alerts").Count > 0);
        await using var device = (await RawMqtt.ConnectAsync(hub, "sick", await hub.CreateDeviceAsync("sick"))).Client;
        await ReportAsync(device, "False", "EdgeModule/web has exited");
        await Eventually.TrueAsync("the hub has looked again", () => Http.Of("/hook").Any(post => (string?)post["alert"] == "NotReady"));

        Mail.Mails.Where(mail => mail.Text.Contains("Away", StringComparison.Ordinal)).Should().ContainSingle().Which.Text.Should().Contain("Away: 10000 are affected").And.Contain("and 9980 more");
        Http.Of("/hook").Where(post => (string?)post["alert"] == "Away").Should().ContainSingle();
        Http.Of("/api/v2/alerts").SelectMany(post => post.AsArray()).Where(alert => (string?)alert!["labels"]!["alertname"] == "Away").Should().ContainSingle();
    }

    [Fact]
    public async Task Who_is_away_is_told_later_and_a_test_says_what_is_wrong()
    {
        Http.Status = StatusCodes.Status503ServiceUnavailable;
        await using var hub = Prepare("{name: Away, offline: true, for: 1s, groupBy: [site]}");
        System.IO.File.WriteAllText(hub.File("secret"), Secret);
        await SeedAsync(hub, 4);
        await hub.StartProcessAsync();
        await hub.ReadAccessAsync();

        await Eventually.TrueAsync("the mails are there", () => Mail.Mails.Count == 2);
        Mail.Mails.Select(mail => mail.Text.Split("Subject: ")[1].Split("\r\n")[0]).Order().Should().Equal(
            "[FIRING] Away site=berlin: 2 are affected (till-00000, till-00002)", "[FIRING] Away site=lima: 2 are affected (till-00001, till-00003)");
        var (status, tested) = await hub.CallAsync("POST", "api/v1/alerts/test");
        status.Should().Be(HttpStatusCode.OK);
        tested!["items"]!.AsArray().Single(item => (string?)item!["receiver"] == "hook")!["problem"]!.GetValue<string>().Should().Contain("answered 503");
        tested["items"]!.AsArray().Single(item => (string?)item!["receiver"] == "email")!["problem"].Should().BeNull();
        Http.Status = StatusCodes.Status200OK;

        await Eventually.TrueAsync("the webhook is told", () => Http.Of("/hook").Count == 2);
    }

    private HubUnderTest Prepare(string rule)
    {
        var hub = HubUnderTest.Prepare("");
        var receivers =
            $$"""
            alerts:
              rules: [{{rule}}]
              resolveAfter: 0s
              webhooks: [{name: hook, url: "{{Http.Address}}/hook", secretFile: "{{hub.File("secret")}}"}]
              alertmanagers: [{url: "{{Http.Address}}"}]
              email: {host: 127.0.0.1, port: {{Mail.Port}}, user: hub, passwordFile: "{{Mail.PasswordFile}}", caFile: "{{Mail.CaFile}}", from: hub@example.com, to: [ops@example.com]}
            """;
        System.IO.File.AppendAllText(hub.File("hub.yaml"), "\n" + receivers + "\n");
        return hub;
    }

    private static Task ReportAsync(RawMqtt device, string ready, string message) => device.SendAsync(RawMqtt.Publish(
        "$iothub/twin/PATCH/properties/reported/?$rid=1", new JsonObject { ["edgeoperator"] = new JsonObject { ["agentVersion"] = "simulated", ["conditions"] = new JsonObject { ["Ready"] = new JsonObject { ["status"] = ready, ["message"] = message } } } }.ToJsonString()));

    private static DateTimeOffset Ends(JsonNode posted) => DateTimeOffset.Parse((string)posted[0]!["endsAt"]!, System.Globalization.CultureInfo.InvariantCulture);

    private static async Task SeedAsync(HubUnderTest hub, int devices)
    {
        Directory.CreateDirectory(hub.Data);
        var (store, secrets) = await HubFolder.OpenAsync(hub.ReadConfiguration(), Replica.New(), isServer: false, default);
        await using var database = store;
        using var box = secrets;
        var now = TimeProvider.System.GetUtcNow();
        foreach (var batch in Enumerable.Range(0, devices).Chunk(500))
            await Task.WhenAll(batch.Select(async number =>
            {
                var key = new IdentityKey($"till-{number:00000}");
                var twin = Twin.Initial with { Tags = new() { ["labels"] = new JsonObject { ["site"] = number % 2 == 0 ? "berlin" : "lima" } } };
                await store.AddAsync(new Identity(key, "1", "1") { PrimaryKey = new byte[32], SecondaryKey = new byte[32] }, twin, default);
                await store.WriteReportedAsync(key, TwinProperties.Initial.Version, TwinProperties.Initial.Patched(TwinSection.Reported, new() { ["edgeoperator"] = new JsonObject { ["agentVersion"] = "0.1.0" } }, now), default);
            }));
    }
}
