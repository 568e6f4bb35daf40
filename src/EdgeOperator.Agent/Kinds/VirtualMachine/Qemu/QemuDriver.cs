using System.Collections.Immutable;
using System.Runtime.Versioning;
using EdgeOperator.Agent.Execution;
using EdgeOperator.Agent.Kinds.VirtualMachine.Tunnel;
using EdgeOperator.Core.Kinds.VirtualMachine;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Platform.Processes;
using Microsoft.Extensions.Logging;

namespace EdgeOperator.Agent.Kinds.VirtualMachine.Qemu;

/// <summary>Virtual machines on Linux hosts: a QEMU process each, which outlives the agent.</summary>
[SupportedOSPlatform("linux")]
internal sealed class QemuDriver : IMachineDriver, IAsyncDisposable
{
    private readonly TimeProvider _time;
    private readonly MachineFolders _folders;
    private readonly ProcessSupervisor _supervisor;
    private readonly ImageStore _images;
    private readonly QmpClients _monitors;
    private readonly SshTunnels _bridges;
    private readonly BackgroundSteps _background;
    private readonly QemuObserver _observer;
    private readonly QemuExecutor _executor;
    private readonly QemuWatcher _watcher;
    private volatile Action<string>? _changed;

    /// <param name="directory">Where machines live; null for <c>vms</c> in the state directory.</param>
    /// <param name="edgeop">The command that starts edgeop, for the host's end of bridges; null for this very program.</param>
    /// <param name="isReadOnly">It only looks, and perhaps beside an agent.</param>
    public QemuDriver(string stateDirectory, TimeProvider time, ILoggerFactory logging, string? directory = null, ImmutableArray<string>? edgeop = null, bool isReadOnly = false)
    {
        var programs = QemuPrograms.Installed;
        var tool = new QemuImg(programs, time);
        var disks = new MachineDisks(tool);
        var events = new MachineEvents();
        _time = time;
        _folders = directory is null ? MachineFolders.In(stateDirectory) : new(directory);
        _supervisor = new(time);
        _images = new(_folders, tool, time);
        _monitors = new(events.Take, _supervisor, isReadOnly);
        _bridges = new(_supervisor, edgeop ?? HostProcess.Own(), time);
        _background = new(why => _changed?.Invoke(why), time, logging.CreateLogger<BackgroundSteps>());
        var reports = new GuestReports(_bridges, time);
        var seeds = new GuestSeed(_bridges);
        _observer = new(_folders, _images, disks, _monitors, events, reports, _supervisor, programs, time);
        _executor = new(
            _folders, _images, _background, new(_folders, _images, disks, _monitors, events, _bridges, new(programs), _supervisor, programs, time),
            new(_monitors, _bridges, _supervisor, time), new(_monitors, _bridges, seeds, reports), _bridges, reports, _supervisor);
        _watcher = new(_folders, _observer, _monitors, events, _bridges, seeds, _supervisor, time);
    }

    public MachineDriver Kind => MachineDriver.Qemu;

    public async Task<IReadOnlyList<ObservedVirtualMachine>> ObserveAsync(IReadOnlyCollection<VirtualMachineResource> desired, CancellationToken cancellation)
    {
        var machines = await _observer.ObserveAsync(desired, cancellation);
        _watcher.Seen(machines);
        return machines;
    }

    public void Expect(IReadOnlyCollection<FetchMachineImage> fetches) => _background.Retain(fetches);

    public Task<StepOutcome> ExecuteAsync(Step step, VirtualMachineResource? machine, CancellationToken cancellation) =>
        _executor.ExecuteAsync(step, machine, cancellation);

    public string? ActivityOf(string machine) => _background.MessageOf(step => step.Resource.Name == machine);

    public string? EngineSocketOf(string machine) => _bridges.Of(_folders[machine]).EngineSocket;

    public Task<Stream> ConnectAsync(string machine, string host, int port, CancellationToken cancellation) =>
        GuestPort.ConnectAsync(_folders[machine].Path, host, port, cancellation);

    public async Task CopyConsoleAsync(string machine, bool follow, int? tail, Stream output, CancellationToken cancellation)
    {
        var folder = _folders[machine];
        if (!File.Exists(folder.Console))
            throw new ControlException("NoConsole", $"{KindNames.VirtualMachine}/{machine} was not started yet, so there is no console");
        try
        {
            await ConsoleCopy.RunAsync(folder.Console, tail, () => follow && _supervisor.Find(folder.Path) is not null, output, _time, cancellation);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new ControlException("NoConsole", $"the console {folder.Console} can't be read: {e.Message}");
        }
    }

    public Task WatchAsync(Action<string> changed, CancellationToken cancellation)
    {
        _changed = changed;
        return _watcher.RunAsync(changed, cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        await _background.DisposeAsync();
        await _monitors.DisposeAsync();
        _images.Dispose();
    }
}
