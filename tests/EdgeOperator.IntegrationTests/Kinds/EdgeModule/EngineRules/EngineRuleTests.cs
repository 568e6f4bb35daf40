using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using EdgeOperator.Core.Kinds;
using EdgeOperator.Core.Manifests;

namespace EdgeOperator.IntegrationTests.Kinds.EdgeModule.EngineRules;

/// <summary>
/// What manifests may say about a container is what the engine takes: each rule is held against a real engine, with values on both
/// sides of it. The values are in <c>create-options.txt</c>, one create request a line; lines after a heading that begins with
/// <c># only here:</c> are refused here and not by this engine, those after <c># only engine:</c> the other way round, for the reason
/// that the heading gives.
/// </summary>
[Collection(SharedEngine.Name)]
public sealed class EngineRuleTests(EngineFixture fixture) : IAsyncLifetime
{
    private const int AtOnce = 4;

    private static readonly string[] Sleep = ["/bin/sleep", "600"];

    private static readonly string[] Lines = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Kinds/EdgeModule/EngineRules/create-options.txt"));

    private HttpClient Engine => fixture.Engine.Http;

    /// <summary>The network and the container that the requests name.</summary>
    public async Task InitializeAsync()
    {
        await Engine.PostAsJsonAsync("networks/create", new JsonObject
        {
            ["Name"] = "rules-network",
            ["IPAM"] = JsonNode.Parse("""{"Config": [{"Subnet": "10.201.7.0/24"}]}"""),
        });
        await Engine.PostAsJsonAsync("containers/create?name=rules-peer", new JsonObject
        {
            ["Image"] = fixture.Sleeper,
            ["HostConfig"] = new JsonObject { ["IpcMode"] = "shareable" },
        });
        (await Engine.PostAsync(Relative("containers/rules-peer/start"), null)).EnsureSuccessStatusCode();
    }

    public async Task DisposeAsync()
    {
        await Engine.DeleteAsync(Relative("containers/rules-peer?force=1"));
        await Engine.DeleteAsync(Relative("networks/rules-network"));
    }

    [Fact]
    public async Task The_engine_and_the_manifest_agree_on_each_create_request()
    {
        var disagreements = new SortedSet<string>(StringComparer.Ordinal);
        await Parallel.ForEachAsync(Cases(), new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (request, _) =>
        {
            var (ours, compiled) = Compile(request.Options);
            var engines = await EngineProblemAsync(JsonNode.Parse(compiled ?? request.Options)!.AsObject(), thoroughly: ours is not null);
            if ((ours is null, engines is null) != (request.Expected ?? (engines is null, engines is null)))
                lock (disagreements)
                    disagreements.Add($"{request.Options}\n    manifest: {ours ?? "taken"}\n    engine:   {engines ?? "taken"}");
        });

        disagreements.Should().BeEmpty();
    }

    private static IEnumerable<(string Options, (bool Ours, bool Engines)? Expected)> Cases()
    {
        (bool Ours, bool Engines)? expected = null;
        foreach (var line in Lines)
        {
            if (line.StartsWith('#'))
                expected = line.StartsWith("# only here:", StringComparison.Ordinal) ? (false, true) : line.StartsWith("# only engine:", StringComparison.Ordinal) ? (true, false) : null;
            else if (line.Length > 0)
                yield return (line, expected);
        }
    }

    /// <returns>What is wrong with the manifest, or else what the agent asks the engine for.</returns>
    private static (string? Problem, string? Body) Compile(string createOptions)
    {
        var manifest = $$$"""
            {"apiVersion": "{{{KindNames.ApiVersion}}}", "kind": "EdgeModule", "metadata": {"name": "module"}, "spec": {"image": "x:1", "createOptions": {{{createOptions}}}}}
            """;
        var read = ManifestReader.Read(RegisteredKinds.All.Manifests, "rev1", [new("test", [new("module.json", Encoding.UTF8.GetBytes(manifest))])], RenderContext.AnyDevice);
        return read.State is { } state
            ? (null, state.Modules.Single().Container.CreateBody)
            : (string.Join("; ", read.Problems.Select(problem => problem.ToString())), null);
    }

    /// <param name="thoroughly">Whether to start it as well: some values are looked at only then.</param>
    /// <returns>What the engine says against it; null when it takes it.</returns>
    private async Task<string?> EngineProblemAsync(JsonObject request, bool thoroughly)
    {
        request["Image"] = fixture.Sleeper;
        if (request["Cmd"] is null && request["Entrypoint"] is null)
            request["Cmd"] = new JsonArray([.. Sleep.Select(word => JsonValue.Create(word))]);
        using var created = await Engine.PostAsJsonAsync("containers/create", request);
        var answer = (await created.Content.ReadAsStringAsync()).Trim();
        if (!created.IsSuccessStatusCode)
            return answer;
        var id = (string)JsonNode.Parse(answer)!["Id"]!;
        try
        {
            using var started = thoroughly ? await Engine.PostAsync(Relative($"containers/{id}/start"), null) : created;
            return started.IsSuccessStatusCode ? null : (await started.Content.ReadAsStringAsync()).Trim();
        }
        finally
        {
            await Engine.DeleteAsync(Relative($"containers/{id}?force=1&v=1"));
        }
    }

    private static Uri Relative(string path) => new(path, UriKind.Relative);
}
