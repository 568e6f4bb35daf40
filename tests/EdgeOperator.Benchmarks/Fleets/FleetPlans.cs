using System.Collections.Immutable;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using EdgeOperator.Benchmarks.Hub;
using EdgeOperator.Core.Artifacts;
using EdgeOperator.Core.Kinds;
using EdgeOperator.Core.Kinds.ConfigFile;
using EdgeOperator.Core.Kinds.EdgeModule;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Snapshots;
using EdgeOperator.Core.State;
using Microsoft.Data.Sqlite;

namespace EdgeOperator.Benchmarks.Fleets;

/// <summary>What a folder would do to a fleet, planned by the hub from the snapshot of each device.</summary>
internal static class FleetPlans
{
    private const int Modules = 10;
    private const int Files = 10;
    private const double Target = 10_000;

    public static async Task<Section> MeasureAsync(BenchOptions options)
    {
        var sizes = options.Quick ? (int[])[100, 1_000] : [1_000, 10_000];
        var rows = new List<string[]>();
        var (slowest, memory) = (0.0, new List<double>());
        foreach (var size in sizes)
        {
            await using var hub = await BenchHub.StartAsync(options, "");
            await hub.StopAsync();
            await FillAsync(hub.Database, size);
            await hub.StartProcessAsync();
            await hub.CallAsync("PUT", "api/v1/fleets/tills", """{"spec":{"selector":{"matchLabels":{"role":"till"}},"source":{"ref":{"commit":"0123456789abcdef0123456789abcdef01234567"}},"rolloutPolicy":{"approval":"Manual"}}}""");
            var before = hub.Memory();
            using var watch = new CancellationTokenSource();
            var peak = PeakAsync(hub, watch.Token);
            var samples = new Samples();
            for (var round = 0; round < options.Rounds(30) / 3; round++)
                await samples.TimeAsync(async () => Check((await hub.PostAsync("api/v1/fleets/tills/plan", Package("2")))!, size));
            await watch.CancelAsync();
            slowest = samples.Percentile(100);
            memory.Add(await peak - before);
            rows.Add([size.ToString("N0", CultureInfo.InvariantCulture), Section.Milliseconds(samples.Median), Section.Milliseconds(slowest), $"{before / 1024:0} MB", $"+{memory[^1] / 1024:0} MB"]);
        }

        return new(
            "Plan of a folder over a fleet",
            $"The published hub, SQLite: devices with {Modules} modules and {Files} files each, in stores by a label that half of the manifests ask for; the folder changes one image. From the request until the whole answer is there.",
            ["devices", "median", "slowest", "resident before", "at most meanwhile"],
            rows,
            $"Target: 10,000 devices in under 10 s: {Section.Met(slowest < Target)} ({Section.Milliseconds(slowest)}). Memory flat: ten times the devices take {memory[1] / Math.Max(1, memory[0]):0.0} times as much more: {Section.Met(memory[1] < (2 * memory[0]) + (64 * 1024))}.");
    }

    private static void Check(JsonNode answer, int devices)
    {
        var plan = answer["plan"]!;
        if (((int)plan["devices"]!, (int)plan["changed"]!, (int)plan["restarts"]!) != (devices, devices, devices))
            throw new InvalidOperationException($"the plan is not as it should be: {plan.ToJsonString()[..500]}");
    }

    private static async Task<double> PeakAsync(BenchHub hub, CancellationToken ended)
    {
        var peak = 0.0;
        while (!ended.IsCancellationRequested)
        {
            peak = Math.Max(peak, hub.Memory());
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, ended).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return peak;
    }

    private static byte[] Package(string version)
    {
        using var package = new MemoryStream();
        ArtifactPackage.Write(package, Manifests(version));
        return package.ToArray();
    }

    /// <param name="version">Of the first module's image.</param>
    private static IEnumerable<ManifestFile> Manifests(string version)
    {
        for (var i = 0; i < Modules; i++)
            yield return File($"module-{i}.yaml", $$"""
                apiVersion: edgeoperator.io/v1alpha1
                kind: EdgeModule
                metadata: {name: module-{{i}}}
                spec: {image: "registry.example.com/module-{{i}}:{{(i == 0 ? version : "1")}}", env: {A: "{{i}}"}{{Selector(i)}} }
                """);
        for (var i = 0; i < Files; i++)
            yield return File($"file-{i}.yaml", $$"""
                apiVersion: edgeoperator.io/v1alpha1
                kind: ConfigFile
                metadata: {name: file-{{i}}}
                spec: {path: "/etc/bench/{{i}}", content: "${device.labels.store} {{i}}"{{Selector(i)}} }
                """);
    }

    private static string Selector(int i) => i % 2 == 0 ? ", deviceSelector: {matchExpressions: [{key: store, operator: Exists}]}" : "";

    private static ManifestFile File(string path, string text) => new(path, Encoding.UTF8.GetBytes(text));

    private static async Task FillAsync(string database, int devices)
    {
        const string Metadata = """{"$lastUpdated":"0001-01-01T00:00:00Z"}""";
        await using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = database, Pooling = false }.ToString());
        await connection.OpenAsync();
        await using var transaction = (SqliteTransaction)await connection.BeginTransactionAsync();
        await using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = """
            INSERT INTO identities SELECT $name, '', '1', 'a', 1, NULL, NULL, 0, NULL, NULL, NULL, NULL, 0, NULL;
            INSERT INTO twins SELECT $name, '', 1, $tags, $desired, $metadata, 1, '{}', $metadata, 1, '{}';
            INSERT INTO snapshots SELECT $name, 0, '1', $body
            """;
        command.Parameters.Add("$name", SqliteType.Text);
        command.Parameters.Add("$tags", SqliteType.Text);
        command.Parameters.Add("$desired", SqliteType.Text);
        command.Parameters.AddWithValue("$metadata", Metadata);
        command.Parameters.Add("$body", SqliteType.Blob);
        for (var i = 0; i < devices; i++)
        {
            var labels = $$"""{"role":"till","store":"s{{i % 500}}"}""";
            command.Parameters["$name"].Value = BenchStore.DeviceName(i);
            command.Parameters["$tags"].Value = $$"""{"labels":{{labels}} }""";
            command.Parameters["$desired"].Value = $$"""{"edgeoperator":{"labels":{{labels}} } }""";
            command.Parameters["$body"].Value = Snapshot(i);
            await command.ExecuteNonQueryAsync();
        }

        await transaction.CommitAsync();
    }

    private static byte[] Snapshot(int i)
    {
        var labels = ImmutableSortedDictionary<string, string>.Empty.Add("role", "till").Add("store", $"s{i % 500}");
        var device = new DeviceIdentity(BenchStore.DeviceName(i), labels, ImmutableSortedDictionary<string, string>.Empty);
        var state = ManifestReader.Read(RegisteredKinds.All.Manifests, "1", [new("git", [.. Manifests("1")])], new(device)).State!;
        var observed = InSync(state, i);
        var ledger = RevisionLedger.Empty;
        var snapshot = DeviceSnapshot.Of(RegisteredKinds.All, device, observed, ledger, state, ImmutableDictionary<ResourceId, BackOff>.Empty, DateTimeOffset.UnixEpoch);
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
            gzip.Write(SnapshotDocument.Write(snapshot, RegisteredKinds.All));
        return packed.ToArray();
    }

    private static ObservedState InSync(DesiredState desired, int device) => ObservedState.Nothing with
    {
        Engine = new()
        {
            Containers =
            [
                .. desired.Modules.Select((module, i) => new ObservedContainer
                {
                    Id = $"{(device * 100) + i + 1:x64}",
                    Name = module.Id.Name,
                    Resource = module.Id,
                    SpecHash = module.SpecHash,
                    Revision = "1",
                    Image = module.Container.Image,
                    ImageId = $"sha256:{i + 1:x64}",
                    Phase = ContainerPhase.Running,
                    StartedAt = DateTimeOffset.UnixEpoch,
                }),
            ],
            Images = desired.Modules.Select((module, i) => (module.Container.Image, i)).ToImmutableSortedDictionary(
                image => image.Image, image => new ObservedImage($"sha256:{image.i + 1:x64}", []), StringComparer.Ordinal),
            Networks = ["edge"],
            OwnedNetworks = ["edge"],
        },
        Files = desired.Files.ToImmutableSortedDictionary(
            file => file.File.Path,
            file => new ObservedConfigFile { Path = file.File.Path, Exists = true, ContentHash = file.File.ContentHash, Mode = file.File.Mode, WrittenFor = file.Id },
            StringComparer.Ordinal),
    };
}
