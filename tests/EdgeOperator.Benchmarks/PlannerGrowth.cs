using System.Collections.Immutable;
using System.Diagnostics;
using EdgeOperator.Core.Kinds;
using EdgeOperator.Core.Kinds.ConfigFile;
using EdgeOperator.Core.Kinds.EdgeModule;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.State;

namespace EdgeOperator.Benchmarks;

/// <summary>Time and memory of the planner alone, with everything in sync and with everything to do.</summary>
internal static class PlannerGrowth
{
    private static readonly int[] Sizes = [10, 1_000, 10_000];

    public static Task<Section> MeasureAsync(BenchOptions options)
    {
        var rows = new List<string[]>();
        var worst = new Dictionary<int, double>();
        foreach (var size in Sizes)
        {
            var desired = Desired(size);
            foreach (var (situation, observed) in new[] { ("in sync", InSync(desired)), ("nothing there yet", ObservedState.Nothing) })
            {
                var (samples, bytes, steps) = Measure(desired, observed, options.Rounds(50));
                worst[size] = Math.Max(worst.GetValueOrDefault(size), samples.Median);
                rows.Add(
                [
                    $"{size:N0}", situation, $"{steps:N0}", Section.Milliseconds(samples.Median), Section.Milliseconds(samples.Percentile(99)),
                    $"{samples.Median * 1000 / size:0.00} µs", $"{bytes / 1024.0 / size:0.00} KB", $"{samples.Count}",
                ]);
            }
        }

        var growth = worst[10_000] / worst[1_000];
        return Task.FromResult(new Section(
            "The planner",
            "`Planner.Plan` alone, on modules and files in equal parts; memory is what it allocates.",
            ["resources", "situation", "steps", "median", "p99", "median a resource", "allocated a resource", "N"],
            rows,
            $"Target: 10,000 resources in under 100 ms: {Section.Met(worst[10_000] < 100)} ({Section.Milliseconds(worst[10_000])}). "
            + $"Target: linear: from 1,000 to 10,000 resources the time grows {growth:0.0}-fold: {Section.Met(growth < 15)}."));
    }

    private static (Samples Samples, long Bytes, int Steps) Measure(DesiredState desired, ObservedState observed, int rounds)
    {
        var samples = new Samples();
        var (bytes, steps) = (0L, 0);
        for (var round = -3; round < rounds; round++)
        {
            GC.Collect();
            var before = GC.GetAllocatedBytesForCurrentThread();
            var began = Stopwatch.GetTimestamp();
            var plan = Planner.Plan(RegisteredKinds.All, desired, observed, Inventory.Empty, DateTimeOffset.UnixEpoch);
            var elapsed = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
            (bytes, steps) = (GC.GetAllocatedBytesForCurrentThread() - before, plan.Steps.Length);
            if (round >= 0)
                samples.Add(elapsed);
        }

        return (samples, bytes, steps);
    }

    private static DesiredState Desired(int size)
    {
        var resources = ImmutableSortedDictionary.CreateBuilder<ResourceId, Resource>();
        for (var i = 0; i < size; i += 2)
        {
            var (module, file) = (new ResourceId(KindNames.EdgeModule, $"module-{i:00000}"), new ResourceId(KindNames.ConfigFile, $"file-{i:00000}"));
            resources[module] = new EdgeModuleResource
            {
                Id = module,
                Origin = new("modules.yaml", i + 1, 1),
                DependsOn = [file],
                Container = new()
                {
                    Name = module.Name,
                    Image = $"registry.example.com/app-{i % 20}:1",
                    CreateBody = $$"""{"Image":"registry.example.com/app-{{i % 20}}:1"}""",
                    Networks = ["edge"],
                    Volumes = [$"data-{i}"],
                },
            };
            resources[file] = new ConfigFileResource
            {
                Id = file,
                Origin = new("files.yaml", i + 1, 1),
                File = new() { Path = $"/etc/edge/{file.Name}", Content = System.Text.Encoding.UTF8.GetBytes(file.Name) },
            };
        }

        return new("1", resources.ToImmutable());
    }

    private static ObservedState InSync(DesiredState desired) => new()
    {
        Engine = new()
        {
            Containers =
            [
                .. desired.Modules.Select((module, i) => new ObservedContainer
                {
                    Id = $"{i:x64}",
                    Name = module.Id.Name,
                    Resource = module.Id,
                    SpecHash = module.SpecHash,
                    Revision = "1",
                    Image = module.Container.Image,
                    ImageId = $"sha256:{i % 20:x64}",
                    Phase = ContainerPhase.Running,
                    StartedAt = DateTimeOffset.UnixEpoch,
                }),
            ],
            Images = desired.Modules.Select(m => m.Container.Image).Distinct().ToImmutableSortedDictionary(
                image => image, image => new ObservedImage($"sha256:{image.Length:x64}", []), StringComparer.Ordinal),
            Networks = ["edge"],
            OwnedNetworks = ["edge"],
            Volumes = [.. desired.Modules.SelectMany(m => m.Container.Volumes)],
        },
        Files = desired.Files.ToImmutableSortedDictionary(
            file => file.File.Path,
            file => new ObservedConfigFile
            {
                Path = file.File.Path,
                Exists = true,
                ContentHash = file.File.ContentHash,
                Mode = file.File.Mode,
                WrittenFor = file.Id,
            },
            StringComparer.Ordinal),
    };
}
