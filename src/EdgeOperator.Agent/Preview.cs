using System.Collections.Immutable;
using EdgeOperator.Agent.Clock;
using EdgeOperator.Agent.Kinds;
using EdgeOperator.Agent.Kinds.ConfigFile;
using EdgeOperator.Agent.Kinds.EdgeModule;
using EdgeOperator.Agent.Kinds.FunctionApp;
using EdgeOperator.Agent.Kinds.VirtualMachine;
using EdgeOperator.Agent.Sources;
using EdgeOperator.Agent.Storage;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Core.State;
using Microsoft.Extensions.Logging;

namespace EdgeOperator.Agent;

/// <summary>What a pass would do now.</summary>
/// <param name="Rendering">Null when the sources have not delivered; <paramref name="Sources"/> says why.</param>
/// <param name="Plan">Null when the revision can't be rendered.</param>
public sealed record PreviewResult(ImmutableArray<SourceStatus> Sources, Rendering? Rendering, Plan? Plan, string? EngineUnavailable);

/// <summary>
/// Works out what the next pass would do without doing it, also beside a running agent: the sources are fetched into a
/// folder of its own, and the device is only read.
/// </summary>
public static class Preview
{
    /// <param name="path">A folder to take instead of the configured sources, or null.</param>
    /// <exception cref="IOException">The temporary folder can't be made, or the agent's state can't be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The agent's state may not be read.</exception>
    public static async Task<PreviewResult> RunAsync(
        AgentConfiguration configuration, string? path, ILoggerFactory loggers, TimeProvider time, CancellationToken cancellation)
    {
        var folder = Directory.CreateTempSubdirectory("edgeop-plan-").FullName;
        try
        {
            var store = new RevisionStore(folder, loggers.CreateLogger<RevisionStore>());
            var sources = new SourceSet(
                [.. configuration.WithPath(path).Sources.Select(s => SourceFactory.Create(s, store, time, loggers))],
                store, (_, _, _) => { }, time, Random.Shared, loggers.CreateLogger<SourceSet>());
            await sources.PokeAsync(cancellation);

            var revisions = new Revisions(store, new(configuration.Device), configuration.Reconcile.AllowEmpty);
            var rendering = sources.Newest is { } newest && sources.Statuses.All(s => s.Ready.Status == ConditionStatus.True)
                ? revisions.Render(newest.Id)
                : null;
            if (rendering?.State is not { } desired)
                return new(sources.Statuses, rendering, null, null);

            var observed = await ObserveAsync(configuration, desired, loggers, time, cancellation);
            var (inventory, now) = MemoryOf(configuration, desired, time, loggers);
            var plan = Planner.Plan(desired, observed, inventory, now);
            return new(sources.Statuses, rendering, plan, observed.Engine.Unavailable);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<ObservedState> ObserveAsync(
        AgentConfiguration configuration, DesiredState desired, ILoggerFactory loggers, TimeProvider time, CancellationToken cancellation)
    {
        await using var machines = VirtualMachineDriver.Create(configuration.VirtualMachines, configuration.StateDirectory, time, loggers, looksOn: true);
        await using var modules = new EdgeModuleDriver(configuration.Engine, configuration.StateDirectory, time, loggers, machines, configuration.Images, readOnly: true);
        using var files = new ConfigFileDriver(
            configuration.Files, configuration.StateDirectory, modules.RestartAsync, time, loggers.CreateLogger<ConfigFileDriver>());
        await using var functions = OperatingSystem.IsLinux() ? new FunctionAppDriver(configuration.Functions, configuration.StateDirectory, time, loggers) : null;
        var observed = ObservedState.Nothing;
        foreach (var driver in (IDriver[])[machines, modules, files, (IDriver?)functions ?? new WithoutFunctions()])
            observed = await driver.ObserveAsync(observed, desired, cancellation);
        return observed;
    }

    private static (Inventory Inventory, DateTimeOffset Now) MemoryOf(AgentConfiguration configuration, DesiredState desired, TimeProvider time, ILoggerFactory loggers)
    {
        var read = new LedgerFile(configuration.StateDirectory, loggers.CreateLogger<LedgerFile>()).Load();
        var saved = read.Current ?? read.Previous;
        var ledger = saved?.Generation.Ledger ?? RevisionLedger.Empty;
        var revision = desired.Revision;
        var inventory = new Inventory
        {
            Committed = ledger.LastGood == revision,

            // Manifests are read a second time only for those who have machines.
            LastGoodDisks = ledger.LastGood is { } good && good != revision && desired.Machines.Any()
                ? RevisionPlanner.DisksOf(new Revisions(new(configuration.StateDirectory, loggers.CreateLogger<RevisionStore>()), new(configuration.Device), configuration.Reconcile.AllowEmpty).Render(good)?.State)
                : ImmutableDictionary<ResourceId, long>.Empty,
            Fetched = ledger.Attempt?.Revision == revision ? [.. ledger.Attempt.Fetched] : [],
            PinnedImages = ledger.ImagesOf(revision).ToImmutableDictionary(image => image.Module),
            Suspended = [.. ledger.SuspendedResources],
        };
        return (inventory, new SteadyClock(time, saved?.Clock, SteadyClock.ThisBoot).GetUtcNow());
    }
}
