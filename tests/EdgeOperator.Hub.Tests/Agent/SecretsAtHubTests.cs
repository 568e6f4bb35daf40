using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using EdgeOperator.Core.Kinds;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.Secrets.Age;
using EdgeOperator.Core.Snapshots;
using EdgeOperator.Hub.Tests.Artifacts;
using EdgeOperator.Hub.Tests.Cli;
using EdgeOperator.Testing;

namespace EdgeOperator.Hub.Tests.Agent;

/// <summary>Secrets for devices of a real hub: for whom they are encrypted, and that the hub learns no value while it can plan with them.</summary>
public sealed class SecretsAtHubTests(LoggedInHub logged) : IClassFixture<LoggedInHub>, IDisposable
{
    private const string Canary = "canary-5e1f0";

    private readonly TempFolder _folder = new("secrets");

    private HubUnderTest Hub => logged.Hub;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Devices_report_their_recipients_and_a_file_is_encrypted_for_one_of_them_for_some_or_for_a_fleet()
    {
        await using var one = await JoinedAsync("sealed-1", "a");
        await using var two = await JoinedAsync("sealed-2", "b");
        await Hub.CallAsync("PUT", "api/v1/fleets/sealed", $$"""{"spec":{"selector":{"matchExpressions":[{"key":"role","operator":"In","values":["a","b"]}]},"source":{"ref":{"commit":"{{new string('a', 40)}}"} } } }""");

        (await logged.Edgeop.OkAsync("devices", "get", "sealed-1")).Should().Contain(one.Status.Recipient);
        (await RecipientsAsync("--device", "sealed-1")).Should().Equal(one.Status.Recipient);
        (await RecipientsAsync("--selector", "role=b")).Should().Equal(two.Status.Recipient);
        (await RecipientsAsync("--fleet", "sealed", "--device", "sealed-1")).Should().BeEquivalentTo(one.Status.Recipient, two.Status.Recipient);

        await Hub.CreateDeviceAsync("sealed-none");
        (await EncryptAsync("x", "--device", "sealed-none")).Should().Match<(int ExitCode, string Out, string Error)>(run => run.ExitCode == 1 && run.Error.Contains("sealed-none has not reported a recipient"));
        (await EncryptAsync("x", "--fleet", "none")).ExitCode.Should().NotBe(0);
    }

    [Fact]
    public async Task A_plan_made_of_a_snapshot_changes_nothing_for_the_same_secrets_and_the_hub_has_no_value()
    {
        await using var agent = await JoinedAsync("sealed-plan", "plan");
        var secret = (await EncryptAsync($"{Canary}-one", "--device", "sealed-plan")).Out;
        await GiveAsync(agent, secret);
        await Eventually.TrueAsync("the file is there", () => File.Exists(agent.File) && File.ReadAllText(agent.File) == $"password={Canary}-one");
        var snapshot = await SnapshotAsync(agent);

        TextOf(snapshot, secret, agent.File).Should().Be("No changes.\n");
        TextOf(snapshot, (await EncryptAsync($"{Canary}-two", "--device", "sealed-plan")).Out, agent.File).Should().Contain($"write {agent.File}: its content differs");
        PlanOf(snapshot, (await EncryptAsync("x", "-r", AgeIdentity.Generate().Recipient.ToString())).Out, agent.File).Blocked.Should()
            .Contain(held => held.Resource == new ResourceId(KindNames.Secret, "db") && held.Message.Contains(agent.Status.Recipient!));

        (await Shell.RunAsync("sh", "-c", "grep -rlaF \"$0\" \"$1\" || true", Canary, Hub.Data)).Should().BeEmpty("neither twins nor snapshots nor artifacts hold it");
        (await Hub.CallAsync("GET", "twins/sealed-plan")).Body!.ToJsonString().Should().NotContain(Canary).And.Contain("sealed-plan");
        (await Hub.CallAsync("GET", "api/v1/devices/sealed-plan/snapshot")).Body!.ToJsonString().Should().NotContain(Canary).And.Contain("greeting");
    }

    private static string Manifest(string path) => Packages.Greeting(path, "password=${secrets.db.password}");

    private static string TextOf(DeviceSnapshot snapshot, string secret, string path) => PlanText.Render(PlanOf(snapshot, secret, path));

    private static Plan PlanOf(DeviceSnapshot snapshot, string secret, string path)
    {
        var read = ManifestReader.Read(
            RegisteredKinds.All.Manifests, "next", [new("fleet", [new("db.yaml", Encoding.UTF8.GetBytes(secret)), new("g.yaml", Encoding.UTF8.GetBytes(Manifest(path)))])], new(snapshot.Device) { Secrets = snapshot.SecretOpener });
        read.Problems.Should().BeEmpty();
        return snapshot.PlanFor(RegisteredKinds.All, read.State!);
    }

    private async Task<AgentAtHub> JoinedAsync(string device, string role)
    {
        var agent = await AgentAtHub.JoinAsync(Hub, device);
        await Eventually.TrueAsync("it has joined", async () => (await Hub.CallAsync("PATCH", $"api/v1/devices/{device}/labels", $$"""{"role":"{{role}}"}""")).Status == HttpStatusCode.OK);
        await Eventually.TrueAsync("it reports its recipient", async () => (string?)(await Hub.CallAsync("GET", $"api/v1/devices/{device}")).Body?["recipient"] == agent.Status.Recipient);
        return agent;
    }

    private async Task GiveAsync(AgentAtHub agent, string secret) =>
        await Hub.NameAsync("sealed-plan", await Hub.PushAsync(Packages.Of(("db.yaml", secret), ("g.yaml", Manifest(agent.File)))), "r1");

    private async Task<DeviceSnapshot> SnapshotAsync(AgentAtHub agent)
    {
        JsonNode? json = null;
        await Eventually.TrueAsync(
            "a snapshot with the secret's digests comes",
            async () => (json = (await Hub.CallAsync("GET", "api/v1/devices/sealed-plan/snapshot")).Body)?["secrets"] is JsonArray { Count: > 0 } && json["files"]?[agent.File]?["exists"] is not null,
            TimeSpan.FromMinutes(1));
        return SnapshotDocument.Read(Encoding.UTF8.GetBytes(json!.ToJsonString()), RegisteredKinds.All);
    }

    private async Task<string[]> RecipientsAsync(params string[] options)
    {
        var (code, text, error) = await EncryptAsync("x", options);
        code.Should().Be(0, error);
        return (await logged.Edgeop.EdgeopAsync(["secret", "recipients", _folder.Write("encrypted.yaml", text)])).Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private Task<(int ExitCode, string Out, string Error)> EncryptAsync(string value, params string[] options) => logged.Edgeop.EdgeopAsync(
        ["secret", "encrypt", "-", .. options], $"apiVersion: edgeoperator.io/v1alpha1\nkind: Secret\nmetadata: {{name: db}}\nspec:\n  stringData: {{password: {value}}}\n");
}
