using System.Collections.Immutable;
using EdgeOperator.Agent.Clock;
using EdgeOperator.Agent.Execution;
using EdgeOperator.Agent.Kinds;
using EdgeOperator.Agent.Secrets;
using EdgeOperator.Agent.Sources;
using EdgeOperator.Agent.Sources.Twin;
using EdgeOperator.Agent.Storage;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Core.State;
using Microsoft.Extensions.Logging;

namespace EdgeOperator.Agent.Loop;

/// <summary>What the next passes would do.</summary>
/// <param name="Rendering">What the plan leads to; null when the sources have not delivered: <paramref name="Sources"/> says why.</param>
/// <param name="Plan">Null when the revision can't be rendered.</param>
public sealed record PreviewResult(ImmutableArray<SourceStatus> Sources, Rendering? Rendering, Plan? Plan, string? EngineUnavailable)
{
    /// <summary>Why the device would not go to the newest revision, in a sentence; null when it would.</summary>
    public string? Instead { get; init; }

    /// <summary>What the device was made of before; null when that is not known.</summary>
    public DesiredState? Previous { get; init; }
}

/// <summary>
/// Works out what the next passes would do without doing it, also beside a running agent: the sources are fetched into a folder of
/// their own, and the device and the agent's state are only read. The plan is made the very way that the loop makes it.
/// </summary>
public static class Preview
{
    /// <exception cref="IOException">The temporary folder can't be made, or the agent's state can't be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The agent's state may not be read.</exception>
    public static Task<PreviewResult> RunAsync(
        AgentConfiguration configuration, ILoggerFactory loggers, TimeProvider time, CancellationToken cancellation) =>
        RunAsync(DeviceKinds.Registered, configuration, loggers, time, cancellation);

    internal static async Task<PreviewResult> RunAsync(
        DeviceKinds kinds, AgentConfiguration configuration, ILoggerFactory loggers, TimeProvider time, CancellationToken cancellation)
    {
        var folder = Directory.CreateTempSubdirectory("edgeop-plan-").FullName;
        try
        {
            var delivered = new RevisionStore(configuration.StateDirectory, loggers.CreateLogger<RevisionStore>());
            var secrets = new SecretVault(configuration.StateDirectory, time, isReadOnly: true, configuration.Secrets);
            var (statuses, rendering, fetched) = await FetchAsync(kinds, configuration, folder, delivered, secrets, loggers, time, cancellation);
            if (rendering?.State is null)
                return new(statuses, rendering, null, null);

            var kept = Revisions(kinds, delivered, configuration, secrets);
            var saved = Saved(configuration.StateDirectory, loggers);
            var clock = new SteadyClock(time, saved?.Clock, SteadyClock.ThisBoot);
            var before = (saved?.Generation.Ledger ?? RevisionLedger.Empty).Shift(clock.Shift);
            var (target, ledger) = ReconcileTarget.Choose(before, rendering.Revision.Id, id => fetched.Render(id) ?? kept.Render(id), clock);
            var backOff = BackOffPolicy.Carry(StateStore.ReadBackOff(configuration.StateDirectory), before, ledger);

            await using var device = Device.Create(kinds, configuration, clock, loggers, secrets, isReadOnly: true);
            var (observed, planned) = await new PassPlanner(device, kept).PlanAsync(target, ledger, rendering.Revision.Id, backOff, clock, cancellation);
            return new(statuses, target.Rendering ?? rendering, ledger.Suspended ? Suspended(configuration.Device.Name) : planned.Change, observed.Engine.Unavailable)
            {
                Previous = before.LastGood is { } good ? kept.Render(good)?.State : null,
                Instead = target.Choice.Revision == rendering.Revision.Id ? null : target.Choice.Message,
            };
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>The desired state as the sources have it; the device itself is not observed.</summary>
    /// <exception cref="IOException">The temporary folder can't be made.</exception>
    public static async Task<PreviewResult> RenderAsync(AgentConfiguration configuration, ILoggerFactory loggers, TimeProvider time, CancellationToken cancellation)
    {
        var folder = Directory.CreateTempSubdirectory("edgeop-render-").FullName;
        try
        {
            var delivered = new RevisionStore(configuration.StateDirectory, loggers.CreateLogger<RevisionStore>());
            var (statuses, rendering, _) = await FetchAsync(DeviceKinds.Registered, configuration, folder, delivered, new(configuration.StateDirectory, time, isReadOnly: true), loggers, time, cancellation);
            return new(statuses, rendering, null, null);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <returns>No rendering when a source has not delivered.</returns>
    private static async Task<(ImmutableArray<SourceStatus>, Rendering?, Revisions)> FetchAsync(
        DeviceKinds kinds, AgentConfiguration configuration, string folder, RevisionStore delivered, SecretVault secrets, ILoggerFactory loggers, TimeProvider time, CancellationToken cancellation)
    {
        var store = new RevisionStore(folder, loggers.CreateLogger<RevisionStore>());
        var pins = new SourcePins();
        foreach (var twin in configuration.Sources.OfType<TwinSourceConfiguration>())
            new KeptPins(pins, twin.Name, delivered.SourceFolder(twin.Name)).Load();
        var sources = new SourceSet([.. configuration.Sources.Select(Source)], store, (_, _, _) => { }, time, Random.Shared, loggers.CreateLogger<SourceSet>());
        await sources.PokeAsync(cancellation);
        var fetched = Revisions(kinds, store, configuration, secrets);
        var isComplete = sources.Statuses.All(s => s.Ready.Status == ConditionStatus.True);
        return (sources.Statuses, isComplete && sources.Newest is { } newest ? fetched.Render(newest.Id) : null, fetched);

        // Of a twin there may be one connection only, and that is the agent's.
        ISource Source(SourceConfiguration source) =>
            source is TwinSourceConfiguration twin ? new DeliveredSource(twin, TwinSource.Describe(twin), delivered) : SourceFactory.Create(source, store, pins, time, loggers);
    }

    private static Revisions Revisions(DeviceKinds kinds, RevisionStore store, AgentConfiguration configuration, SecretVault secrets) => new(kinds.Kinds, store, configuration, secrets);

    /// <summary>A suspended device changes nothing, whatever it lacks.</summary>
    private static Plan Suspended(string device) =>
        new([], [new(new("Device", device), BlockedReason.Suspended, "the device is suspended; `edgeop resume` ends that", Until: null, IsProblem: false)]);

    private static SavedLedger? Saved(string stateDirectory, ILoggerFactory loggers)
    {
        var read = new LedgerFile(stateDirectory, loggers.CreateLogger<LedgerFile>()).Load();
        return read.Current ?? read.Previous;
    }
}
