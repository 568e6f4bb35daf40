using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using EdgeOperator.Agent.Sources;
using EdgeOperator.Agent.Sources.Twin;
using EdgeOperator.Hub.Hosting;
using EdgeOperator.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeOperator.Hub.Tests.Agent;

/// <summary>Devices that have been without their hub for weeks.</summary>
public sealed class AwayTests
{
    [Fact]
    public async Task An_agent_that_starts_without_its_hub_keeps_up_what_its_twin_desired_last_and_catches_up_weeks_later()
    {
        await using var hub = await HubUnderTest.StartAsync();
        var time = new ShiftedTime();
        await using var agent = await AgentAtHub.StartAsync(hub, "away", "one", time: time);
        var certificate = await File.ReadAllTextAsync(agent.State("sources/hub/device.pem"));
        await agent.StopAsync();
        await agent.DesireAsync(Greeting(agent, "two"));
        await agent.DesireAsync(Greeting(agent, "three"));
        await hub.StopAsync();
        File.Delete(agent.File);

        // More than two thirds of a certificate's life.
        time.Pass(TimeSpan.FromDays(70));
        agent.Restart();
        await Eventually.TrueAsync("the last desired state is kept up", () => File.Exists(agent.File) && File.ReadAllText(agent.File) == "one");
        await Eventually.TrueAsync("the hub is away", () => agent.Source.Ready.Reason == "Unreachable");
        await hub.StartProcessAsync();

        await Eventually.TrueAsync("what changed meanwhile is there", () => File.ReadAllText(agent.File) == "three", Eventually.Slow);
        (await File.ReadAllTextAsync(agent.State("sources/hub/device.pem"))).Should().NotBe(certificate);
    }

    [Fact]
    public async Task A_certificate_that_ended_meanwhile_is_renewed_by_its_key_for_a_while_and_then_a_new_enrollment_is_needed()
    {
        await using var hub = HubUnderTest.Prepare("enrollment: {certificateValidity: 2d, renewalGrace: 2d}");
        var time = new ShiftedTime();
        using var stop = new CancellationTokenSource();
        using var output = new StringWriter();

        // Its certificates begin in the past, so that one that ends has ended for TLS too.
        time.Pass(-TimeSpan.FromDays(5));
        var running = HubProcess.RunAsync(hub.ReadConfiguration(), output, NullLoggerFactory.Instance, time, stop.Token);
        await Eventually.TrueAsync("the hub listens", () => running.IsFaulted || output.ToString().Contains("ID scope", StringComparison.Ordinal));
        await hub.ReadAccessAsync();
        using var early = new TempFolder("early");
        using var late = new TempFolder("late");
        await EnrollAsync(hub, "early", early, time);
        time.Pass(TimeSpan.FromDays(2));
        await EnrollAsync(hub, "late", late, time);
        var before = Certificate(late);
        time.Pass(TimeSpan.FromDays(3));

        await using var renewed = Source(hub, "late", late, time);
        await using var lost = Source(hub, "early", early, time);
        (await renewed.FetchAsync(new(null), default)).Should().BeOfType<FetchResult.Fetched>();
        var refused = (await lost.FetchAsync(new(null), default)).Should().BeOfType<FetchResult.Failed>().Which;

        DateTimeOffset ended = before.NotAfter, until = Certificate(late).NotAfter;
        ended.Should().BeBefore(TimeProvider.System.GetUtcNow());
        until.Should().BeAfter(TimeProvider.System.GetUtcNow());
        Certificate(late).GetPublicKeyString().Should().Be(before.GetPublicKeyString());
        refused.Reason.Should().Be("AuthenticationFailed");
        refused.Message.Should().Contain($"remove {early.File("device.pem")} and {early.File("device.key")} to enroll anew");
        await stop.CancelAsync();
        await running;
    }

    private static JsonObject Greeting(AgentAtHub agent, string content) =>
        new() { ["ConfigFile/greeting"] = new JsonObject { ["path"] = agent.File, ["content"] = content } };

    private static async Task EnrollAsync(HubUnderTest hub, string device, TempFolder folder, TimeProvider time)
    {
        await using var source = Source(hub, device, folder, time);
        var pending = (await source.FetchAsync(new(null), default)).Should().BeOfType<FetchResult.Failed>().Which;
        pending.Reason.Should().Be("EnrollmentPending", pending.Message);
        await hub.CallAsync("POST", $"api/v1/enrollments/{pending.Message.Split("request ")[1]}/approve");
        (await source.FetchAsync(new(null), default)).Should().BeOfType<FetchResult.Fetched>();
    }

    private static TwinSource Source(HubUnderTest hub, string device, TempFolder folder, TimeProvider time) =>
        new(new() { Name = "twin", Hub = hub.Host, DeviceId = device, CaFile = hub.CaFile }, folder, new(), time);

    private static X509Certificate2 Certificate(TempFolder folder) => X509CertificateLoader.LoadCertificateFromFile(folder.File("device.pem"));
}
