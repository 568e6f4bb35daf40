using System.Text.Json.Nodes;
using EdgeOperator.Testing;

namespace EdgeOperator.Benchmarks;

/// <summary>The engine's API called by hand: what no agent on top of it can be faster than.</summary>
internal sealed class RawEngine(PrivateEngine engine)
{
    public async Task PullAsync(string image)
    {
        using var answer = await engine.Http.PostAsync(Uri($"images/create?fromImage={System.Uri.EscapeDataString(image)}"), null);
        await answer.EnsureSuccessStatusCode().Content.ReadAsByteArrayAsync();
    }

    public async Task CreateAsync(string name, string image, int generation)
    {
        var body = new JsonObject
        {
            ["Image"] = image,
            ["Env"] = new JsonArray($"GENERATION={generation}"),
            ["HostConfig"] = new JsonObject { ["RestartPolicy"] = new JsonObject { ["Name"] = "unless-stopped" } },
        };
        using var content = new StringContent(body.ToJsonString(), System.Text.Encoding.UTF8, "application/json");
        (await engine.Http.PostAsync(Uri($"containers/create?name={name}"), content)).EnsureSuccessStatusCode().Dispose();
    }

    public Task StartAsync(string name) => PostAsync($"containers/{name}/start");

    public Task StopAsync(string name) => PostAsync($"containers/{name}/stop");

    public Task RenameAsync(string name, string to) => PostAsync($"containers/{name}/rename?name={to}");

    public async Task RemoveAsync(string name) => (await engine.Http.DeleteAsync(Uri($"containers/{name}?force=1"))).EnsureSuccessStatusCode().Dispose();

    /// <summary>Replaces a running container as carefully as the agent does: checked by the engine first, the old one kept.</summary>
    public async Task ReplaceAsync(string name, string image, int generation)
    {
        await PullAsync(image);
        await CreateAsync($"{name}.next", image, generation);
        await StopAsync(name);
        await RenameAsync(name, $"{name}.prev");
        await RenameAsync($"{name}.next", name);
        await StartAsync(name);
    }

    private async Task PostAsync(string path) => (await engine.Http.PostAsync(Uri(path), null)).EnsureSuccessStatusCode().Dispose();

    private static Uri Uri(string path) => new(path, UriKind.Relative);
}
