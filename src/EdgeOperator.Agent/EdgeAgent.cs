using System.Collections.Immutable;
using EdgeOperator.Agent.Clock;
using EdgeOperator.Agent.Hardware;
using EdgeOperator.Agent.Kinds;
using EdgeOperator.Agent.LocalApi;
using EdgeOperator.Agent.Loop;
using EdgeOperator.Agent.Remote;
using EdgeOperator.Agent.Reporting;
using EdgeOperator.Agent.Secrets;
using EdgeOperator.Agent.Sources;
using EdgeOperator.Agent.Sources.Twin;
using EdgeOperator.Agent.Storage;
using EdgeOperator.Agent.Telemetry;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Platform.Files;
using Microsoft.Extensions.Logging;

namespace EdgeOperator.Agent;

/// <summary>An agent put together from its configuration: the one place where the parts meet.</summary>
public sealed partial class EdgeAgent : IAsyncDisposable
{
    private readonly DirectoryLock _lock;
    private readonly SourceSet _sources;
    private readonly Device _device;
    private readonly DeviceMemory _memory;
    private readonly AgentControl _control;
    private readonly ReconcileLoop _loop;
    private readonly ImmutableArray<TwinSource> _twins;
    private readonly TwinReporting _reporting;
    private readonly SnapshotReporting _snapshots;
    private readonly HostReporting _host;
    private readonly HubChannels _channels;
    private string? _newest;

    /// <exception cref="IOException">Another agent holds the state directory, or it can't be made.</exception>
    /// <exception cref="UnauthorizedAccessException">The state directory may not be written to.</exception>
    public EdgeAgent(AgentConfiguration configuration, ILoggerFactory loggers, TimeProvider time)
        : this(configuration, loggers, time, DeviceKinds.Registered)
    {
    }

    /// <param name="kinds">The kinds of resources, with what makes their drivers once the state directory is held.</param>
    internal EdgeAgent(AgentConfiguration configuration, ILoggerFactory loggers, TimeProvider time, DeviceKinds kinds)
    {
        var isPrivate = PrivateFolder.Restrict(configuration.StateDirectory, mark: "agent.lock");
        _lock = AcquireStateDirectory(configuration.StateDirectory);
        if (!isPrivate)
            LogNotPrivate(loggers.CreateLogger<EdgeAgent>(), configuration.StateDirectory);
        var board = new StatusBoard(configuration.Device.Name, time.GetUtcNow());
        Metrics = new AgentMetrics(time, () => board.Status);

        var store = new RevisionStore(configuration.StateDirectory, loggers.CreateLogger<RevisionStore>());
        var pins = new SourcePins();
        var sources = configuration.Sources.Select(s => SourceFactory.Create(s, store, pins, time, loggers)).ToImmutableArray();
        _sources = new SourceSet(sources, store, Metrics.Fetched, time, Random.Shared, loggers.CreateLogger<SourceSet>());

        _twins = [.. sources.OfType<TwinSource>()];
        _reporting = new TwinReporting(_twins, board, _sources, time);
        _host = new HostReporting(_twins, board, configuration, time);
        HostMeasurements.AddTo(Metrics.Meter, new(), time);

        var state = StateStore.Open(configuration.StateDirectory, time, loggers.CreateLogger<StateStore>());
        var history = new RunHistory(state, store, Metrics, time, loggers.CreateLogger<RunHistory>());
        var saved = new LedgerStore(new(configuration.StateDirectory, loggers.CreateLogger<LedgerFile>()), state, time, SteadyClock.ThisBoot);
        _memory = new DeviceMemory(saved, state, history);
        var clock = _memory.Clock;
        _memory.Keep(_memory.Ledger.NoteParts(store.PartsOf).MarkInterrupted(clock.GetUtcNow()));

        // Whoever asks before the first pass must not take a suspended device for one that goes on.
        board.Status = board.Status with { Suspended = _memory.Ledger.Suspended };

        var secrets = new SecretVault(configuration.StateDirectory, time, configuration: configuration.Secrets);
        if (secrets.EnsureIdentity() is { } problem)
            LogNotSealed(loggers.CreateLogger<EdgeAgent>(), problem);
        _snapshots = new SnapshotReporting(_twins, board, configuration, () => secrets.Recipients, kinds.Kinds, time);
        board.Status = board.Status with { Recipient = secrets.Recipient };
        _device = Device.Create(kinds, configuration, clock, loggers, secrets);
        _device.AddMetrics(Metrics.Meter, () => board.Device.Observed);

        var revisions = new Revisions(kinds.Kinds, store, configuration, secrets);
        var reporter = new PassReporter(board, _sources, _device, _memory, new(revisions.PartsOf, id => revisions.Render(id)?.Artifacts ?? []), Metrics, () => secrets.Recipient, time, loggers.CreateLogger<PassReporter>());
        var reconciler = new Reconciler(_sources, revisions, _device, _memory, reporter, configuration.Reconcile, time);
        _loop = new ReconcileLoop(c => Tracing.PassAsync(reconciler.RunAsync, c), configuration.Reconcile.Interval, clock, Random.Shared, loggers.CreateLogger<ReconcileLoop>());
        _control = new AgentControl(board, _loop, _sources, revisions, store, _memory, _device, configuration, secrets, loggers.CreateLogger<AgentControl>());
        _channels = new HubChannels(_control, new HostCommands(_control, configuration), loggers.CreateLogger<HubChannels>());
        foreach (var twin in _twins)
            twin.Methods = new DeviceMethods(_control, twin, _channels).InvokeAsync;
    }

    public IAgentControl Control => _control;

    public AgentMetrics Metrics { get; }

    /// <summary>Has the status say that a newer configuration is not used, and why.</summary>
    public void RefuseConfiguration(string problem) => _control.RefuseConfiguration(problem);

    /// <summary>Keeps the device equal to its sources until cancelled; what runs on the device runs on afterwards.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task[] parts = [_sources.RunAsync(SourceChanged, stop.Token), _device.WatchAsync(_loop.Wake, stop.Token), _loop.RunAsync(stop.Token), _reporting.RunAsync(stop.Token), _snapshots.RunAsync(stop.Token), _host.RunAsync(stop.Token)];

        // None of them ends by itself; if one does, the others must not hide it.
        await Task.WhenAny(parts);
        await stop.CancelAsync();
        await Task.WhenAll(parts).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellation.ThrowIfCancellationRequested();
        await Task.WhenAll(parts);
    }

    public async ValueTask DisposeAsync()
    {
        await _channels.DisposeAsync();
        foreach (var twin in _twins)
            await twin.DisposeAsync();
        await _device.DisposeAsync();
        _memory.Flush();
        _memory.Store.Dispose();
        Metrics.Dispose();
        _lock.Dispose();
    }

    // A pass that works towards an older revision is out of date: above all when it waits for something that fails.
    private void SourceChanged(string why)
    {
        if (Interlocked.Exchange(ref _newest, _sources.Newest?.Id) != _sources.Newest?.Id)
            _loop.Interrupt(why);
        else
            _loop.Wake(why);
    }

    private static DirectoryLock AcquireStateDirectory(string directory)
    {
        try
        {
            return DirectoryLock.Acquire(directory, "agent");
        }
        catch (DirectoryInUseException e)
        {
            throw new IOException($"{e.Message}: stop that one, or give this one another stateDirectory", e);
        }
    }
}
