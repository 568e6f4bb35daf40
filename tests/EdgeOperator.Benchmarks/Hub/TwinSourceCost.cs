using System.Diagnostics;
using System.Text.Json.Nodes;
using EdgeOperator.Core.State;
using EdgeOperator.Testing;
using EdgeOperator.Testing.Devices;

namespace EdgeOperator.Benchmarks.Hub;

/// <summary>What it costs an agent to follow a twin beside Git.</summary>
internal static class TwinSourceCost
{
    private const int Files = 20;
    private const int Changes = 20;
    private const double MemoryTarget = 5;
    private const double CpuTarget = 0.02;

    public static async Task<Section> MeasureAsync(BenchOptions options)
    {
        // The agent lies beside the hub.
        var edgeop = Path.Combine(Path.GetDirectoryName(options.Executable)!, "edgeop");
        await using var hub = await BenchHub.StartAsync(options, "");
        using var repository = await Repository.CreateAsync();
        await repository.CommitAsync([.. Enumerable.Range(0, Files).Select(i => ($"file-{i}.yaml", ManifestOf(i)))]);
        await using var server = new GitServer(repository.Path);
        await using var without = new Device(edgeop, engine: null, server.Url, new() { SourceInterval = "1m" });
        await using var with = new Device(edgeop, engine: null, server.Url, new() { SourceInterval = "1m", Twin = $"{{hub: \"{hub.Host}\", caFile: {hub.AuthorityFile}}}" });
        await Task.WhenAll(without.StartAsync(), with.StartAsync());
        await ApproveAsync(hub, with.Owner);

        // Both have had something to do, of about the same size.
        for (var i = 0; i < Changes; i++)
        {
            await hub.CallAsync("PATCH", $"twins/{with.Owner}", $$"""{"properties":{"desired":{"edgeoperator":{"manifests":{"ConfigFile/twin":{"path":"{{with.FilesRoot}}/twin","content":"{{i}}"} } } } } }""");
            await Eventually.TrueAsync("the file is as the twin desires", () => File.Exists($"{with.FilesRoot}/twin") && File.ReadAllText($"{with.FilesRoot}/twin") == $"{i}");
            await without.ReconcileAsync();
        }

        // As devices at rest have it: a fresh start.
        Device[] both = [without, with];
        await Task.WhenAll(both.Select(d => d.TerminateAsync()));
        await Task.WhenAll(both.Select(d => d.StartAsync()));
        await Task.WhenAll(both.Select(d => d.SeesAsync("all is Ready", status => Device.Is(status, Condition.Ready))));
        await Eventually.TrueAsync("the device is connected", async () => (string?)(await hub.CallAsync("GET", $"devices/{with.Owner}", null))!["connectionState"] == "Connected");
        await Task.Delay(TimeSpan.FromSeconds(options.Quick ? 20 : 60), TimeProvider.System);
        var span = TimeSpan.FromSeconds(options.Quick ? 20 : 300);
        var (began, before) = (Stopwatch.GetTimestamp(), (Without: ProcessUse.CpuSeconds(without.AgentId), With: ProcessUse.CpuSeconds(with.AgentId)));
        await Task.Delay(span, TimeProvider.System);
        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        var cpu = (Without: (ProcessUse.CpuSeconds(without.AgentId) - before.Without) / seconds * 100, With: (ProcessUse.CpuSeconds(with.AgentId) - before.With) / seconds * 100);
        var memory = (Without: ProcessUse.Private(without.AgentId), With: ProcessUse.Private(with.AgentId));
        var (more, load) = (memory.With - memory.Without, cpu.With - cpu.Without);
        return new(
            "An agent that follows a twin",
            $"Two agents at rest with {Files} files from Git over HTTP, asked every minute; one of them is connected to a hub too, and its twin desires one more. Processor time over {span.TotalSeconds:0} s; one core is 100 %.",
            ["", "private memory", "processor at rest"],
            [
                ["Git", $"{memory.Without:0.0} MB", $"{cpu.Without:0.000} %"],
                ["Git and a twin", $"{memory.With:0.0} MB", $"{cpu.With:0.000} %"],
            ],
            $"Target: at most {MemoryTarget:0} MB more: {Section.Met(more <= MemoryTarget)} ({more:+0.0;-0.0} MB); processor at rest as without, within {CpuTarget} %: {Section.Met(load <= CpuTarget)} ({load:+0.000;-0.000} %).");
    }

    private static string ManifestOf(int number) => $$"""
        apiVersion: edgeoperator.io/v1alpha1
        kind: ConfigFile
        metadata: {name: file-{{number}}}
        spec: {path: "${vars.root}/file-{{number}}", content: "file {{number}}"}
        """;

    private static async Task ApproveAsync(BenchHub hub, string device)
    {
        JsonNode? request = null;
        await Eventually.TrueAsync("the device asks to join", async () =>
        {
            request = (await hub.CallAsync("GET", "api/v1/enrollments?state=Pending", null))!.AsArray().FirstOrDefault(r => (string?)r!["deviceId"] == device);
            return request is not null;
        });
        await hub.CallAsync("POST", $"api/v1/enrollments/{request!["id"]}/approve", null);
        await Eventually.SucceedsAsync(() => hub.CallAsync("GET", $"twins/{device}", null));
    }
}
