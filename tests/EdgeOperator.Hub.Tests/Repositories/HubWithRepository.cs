using System.Net;
using System.Text.Json.Nodes;
using EdgeOperator.Hub.Tests.Fleets;
using EdgeOperator.Testing;
using EdgeOperator.Testing.Devices;

namespace EdgeOperator.Hub.Tests.Repositories;

/// <summary>A hub that follows a Git repository, with simulated devices.</summary>
internal sealed class HubWithRepository : IAsyncDisposable
{
    private readonly TempFolder _files;

    private HubWithRepository(HubWithFleet fleet, Repository git, TempFolder files) => (Fleet, Git, _files) = (fleet, git, files);

    public HubWithFleet Fleet { get; }

    public HubUnderTest Hub => Fleet.Hub;

    public Repository Git { get; }

    public static async Task<HubWithRepository> StartAsync(string configuration = "")
    {
        var files = new TempFolder("files");
        return new(await HubWithFleet.StartAsync($"{Access(files)}{configuration}"), await Repository.CreateAsync(), files);
    }

    /// <summary>Of hub.yaml: the folder with credentials, and that repositories may be on this machine.</summary>
    public static string Access(TempFolder files) => $"\nrepositories: {{files: {files}, local: true}}\n";

    /// <summary>Writes a file that repositories may name.</summary>
    public string Write(string name, string content) => _files.Write(name, content);

    public string FilePath(string name) => _files.File(name);

    /// <summary>Has the hub follow the repository.</summary>
    /// <param name="more">Further fields of the spec in YAML, with a comma before each.</param>
    public async Task FollowAsync(string more = "", string interval = "1s", string? url = null)
    {
        var manifest = $$"""
            apiVersion: edgeoperator.io/v1alpha1
            kind: Repository
            metadata: {name: shop}
            spec: {url: "{{url ?? Git.Url}}", path: fleets, interval: {{interval}}{{more}} }
            """;
        var (code, _, error) = await Fleet.Edgeop.RunAsync(["apply", "-f", "-"], manifest);
        code.Should().Be(0, error);
    }

    /// <summary>A fleet of the devices with a role, as a file of the repository: it takes the folder of its own name.</summary>
    public static (string Path, string Content) FleetFile(string role, string policy = "{}", string source = "") => ($"fleets/{role}.yaml", $$"""
        apiVersion: edgeoperator.io/v1alpha1
        kind: Fleet
        metadata: {name: {{role}}s}
        spec:
          selector: {matchLabels: {role: {{role}} } }
          source: {path: devices/{{role}}{{source}} }
          rolloutPolicy: {{policy}}
        """);

    /// <summary>What the devices of a fleet are to be.</summary>
    public static (string Path, string Content) Content(string role, string content) => ($"devices/{role}/motd.yaml", $$"""
        apiVersion: edgeoperator.io/v1alpha1
        kind: ConfigFile
        metadata: {name: motd}
        spec: {path: /etc/motd, content: "{{content}}"}
        """);

    public async Task<JsonObject> RepositoryAsync() => (await Hub.CallAsync("GET", "api/v1/repositories/shop")).Body!.AsObject();

    /// <summary>Waits until the hub has read a commit.</summary>
    public Task<JsonObject> SyncedAsync(string commit) => RepositoryAsync("True", "Synced", repository => (string?)repository["commit"] == commit);

    /// <summary>Waits until the repository's condition has a status and a reason.</summary>
    public async Task<JsonObject> RepositoryAsync(string status, string reason, Func<JsonObject, bool>? also = null)
    {
        var repository = new JsonObject();
        try
        {
            await Eventually.TrueAsync($"the repository is {status}: {reason}", async () =>
            {
                repository = await RepositoryAsync();
                return Condition(repository, "status") == status && Condition(repository, "reason") == reason && also?.Invoke(repository) != false;
            }, TimeSpan.FromMinutes(2));
        }
        catch (TimeoutException e)
        {
            throw new InvalidOperationException($"{e.Message}: {repository.ToJsonString()} {Hub.Log}", e);
        }

        return repository;
    }

    public static string Condition(JsonObject repository, string name) => (string)repository["conditions"]![0]![name]!;

    /// <summary>Waits until the rollout of a fleet is in a state with a commit.</summary>
    public async Task<JsonObject> RolloutAsync(string fleet, string commit, string state)
    {
        JsonNode? rollout = null;
        try
        {
            await Eventually.TrueAsync($"the rollout of {fleet} is {state}", async () =>
            {
                rollout = (await Hub.CallAsync("GET", $"api/v1/rollouts/{fleet}")).Body;
                return (string?)rollout?["revision"] == commit && (string?)rollout["state"] == state;
            }, TimeSpan.FromMinutes(2));
        }
        catch (TimeoutException e)
        {
            throw new InvalidOperationException($"{e.Message}: {rollout?.ToJsonString()} {(await RepositoryAsync()).ToJsonString()}", e);
        }

        return rollout!.AsObject();
    }

    public async Task<string[]> FleetNamesAsync() =>
        [.. (await Hub.CallAsync("GET", "api/v1/fleets")).Body!["items"]!.AsArray().Select(fleet => (string)fleet!["name"]!)];

    public async Task<(HttpStatusCode Status, string Message)> RefusedAsync(string method, string path, string? body = null)
    {
        var (status, answer) = await Hub.CallAsync(method, path, body);
        return (status, answer?.ToJsonString() ?? "");
    }

    public async ValueTask DisposeAsync()
    {
        await Fleet.DisposeAsync();
        Git.Dispose();
        _files.Dispose();
    }
}
