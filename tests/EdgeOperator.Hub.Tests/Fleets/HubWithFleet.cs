using System.Text.Json.Nodes;
using EdgeOperator.Hub.Tests.Cli;
using EdgeOperator.Testing;

namespace EdgeOperator.Hub.Tests.Fleets;

/// <summary>A hub of its own with simulated devices, and the command line logged in at it.</summary>
internal sealed class HubWithFleet : IAsyncDisposable
{
    private HubWithFleet(HubUnderTest hub) => Hub = hub;

    public HubUnderTest Hub { get; }

    public HubCommandLine Edgeop { get; } = new();

    public List<SimulatedDevice> Devices { get; } = [];

    public static async Task<HubWithFleet> StartAsync(string configuration = "")
    {
        var fleet = new HubWithFleet(await HubUnderTest.StartAsync(configuration));
        var (code, _, error) = await fleet.Edgeop.RunAsync(["login", $"https://{fleet.Hub.Host}", "--ca-file", fleet.Hub.CaFile], $"{fleet.Hub.OneTimePassword}\n{Accounts.Password}\n{Accounts.Password}\n");
        code.Should().Be(0, error);
        return fleet;
    }

    public async Task<SimulatedDevice> AddAsync(string name, string labels, bool isConnected = true)
    {
        var device = await SimulatedDevice.CreateAsync(Hub, name, $$"""{"role":"till",{{labels}} }""", Commit('0'));
        Devices.Add(device);
        if (isConnected)
            await device.ConnectAsync();
        return device;
    }

    public static string Commit(char digit) => new(digit, 40);

    /// <param name="policy">The rollout policy in YAML, in one line.</param>
    public async Task ApplyAsync(char commit, string policy)
    {
        var manifest = $$"""
            apiVersion: edgeoperator.io/v1alpha1
            kind: Fleet
            metadata: {name: tills}
            spec:
              selector: {matchLabels: {role: till} }
              source: {ref: {commit: "{{Commit(commit)}}"} }
              rolloutPolicy: {{policy}}
            """;
        var (code, _, error) = await Edgeop.RunAsync(["apply", "-f", "-"], manifest);
        code.Should().Be(0, error);
    }

    public async Task<JsonObject> RolloutAsync() => JsonNode.Parse(await Edgeop.OkAsync("rollouts", "get", "tills", "-o", "json"))!.AsObject();

    /// <summary>Waits until the rollout of a commit is in a state, and waits for something.</summary>
    public async Task<JsonObject> ReachesAsync(char commit, string state, string? reason = null)
    {
        var rollout = new JsonObject();
        try
        {
            await Eventually.TrueAsync($"the rollout of {commit} is {state}", async () =>
            {
                if ((await Edgeop.RunAsync(["rollouts", "get", "tills", "-o", "json"])) is not { ExitCode: 0 } answer)
                    return false;
                rollout = JsonNode.Parse(answer.Out)!.AsObject();
                return (string?)rollout["revision"] == Commit(commit) && (string?)rollout["state"] == state && (reason is null || (string?)rollout["reason"] == reason);
            }, TimeSpan.FromMinutes(2));
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"{e.Message}: {rollout.ToJsonString()}", e);
        }

        return rollout;
    }

    /// <summary>Kills the hub and starts it again, and has all devices come back that were connected.</summary>
    public async Task RestartAsync(params SimulatedDevice[] away)
    {
        Hub.Kill();
        await Hub.StopAsync();
        await Hub.StartProcessAsync();
        foreach (var device in Devices.Except(away))
        {
            await device.DisconnectAsync();
            await device.ConnectAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var device in Devices)
            await device.DisposeAsync();
        Edgeop.Dispose();
        await Hub.DisposeAsync();
    }
}
