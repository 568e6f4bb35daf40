using System.Collections.Immutable;
using System.Runtime.Versioning;
using EdgeOperator.Agent.Drivers;
using EdgeOperator.Agent.Engine;
using EdgeOperator.Agent.Execution;
using EdgeOperator.Agent.Kinds.VirtualMachine.Tunnel;
using EdgeOperator.Agent.Secrets;
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
    private readonly ProcessSupervisor _supervisor;
    private readonly ImageStore _images;
    private readonly QemuMachines _machines;
    private readonly BackgroundSteps _background;
    private readonly QemuObserver _observer;
    private readonly QemuExecutor _executor;
    private readonly QemuWatcher _watcher;
    private volatile Action<string>? _changed;

    /// <param name="directory">The machines' folder; null for <c>vms</c> in the state directory.</param>
    /// <param name="edgeop">The command that starts edgeop, for the host's end of tunnels; null for this very program.</param>
    /// <param name="secrets">Gives the values of secrets; null for none but those of the state directory.</param>
    /// <param name="isReadOnly">It only observes, perhaps beside an agent.</param>
    public QemuDriver(string stateDirectory, TimeProvider time, ILoggerFactory logging, string? directory = null, ImmutableArray<string>? edgeop = null, bool isReadOnly = false, SecretVault? secrets = null)
    {
        var programs = QemuPrograms.Installed;
        var tool = new QemuImg(programs, time);
        var folders = directory is null ? MachineFolders.In(stateDirectory) : new(directory);
        _time = time;
        _supervisor = new(time);
        _images = new(folders, tool, time);
        _machines = new(new(_supervisor, tool, edgeop ?? HostProcess.Own(), time, isReadOnly), folders, Changed);
        _background = new(Changed, time, logging.CreateLogger<BackgroundSteps>());
        var accelerator = new Accelerator(programs);
        var virtiofsd = new VirtiofsdSearch(programs);
        var servers = new ShareServers(virtiofsd, _supervisor, edgeop ?? HostProcess.Own(), time);
        var conditions = new StartConditions(programs, virtiofsd, new(programs, accelerator, time));
        _observer = new(folders, _images, _machines, conditions, servers, _supervisor, programs, time);
        _executor = new(
            folders, _images, _machines, _background, new(folders, _images, tool, conditions, accelerator, servers, _supervisor, programs, time), new(servers, _supervisor, time), _supervisor, time, secrets ?? new(stateDirectory, time, isReadOnly));
        Snapshots = new QemuSnapshots(_machines, tool);
        _watcher = new(_machines, _observer, _supervisor, time, logging.CreateLogger<QemuWatcher>());

        void Changed(string why) => _changed?.Invoke(why);
    }

    public MachineDriver Kind => MachineDriver.Qemu;

    public IMachineSnapshots? Snapshots { get; }

    public Task<IReadOnlyList<ObservedVirtualMachine>> ObserveAsync(IReadOnlyCollection<VirtualMachineResource> desired, CancellationToken cancellation) =>
        _observer.ObserveAsync(desired, cancellation);

    public async Task FollowAsync(IReadOnlyCollection<ObservedVirtualMachine> observed, IReadOnlyCollection<VirtualMachineResource> desired)
    {
        await _machines.FollowAsync(observed, desired);
        _watcher.Follow();
    }

    public void Expect(IReadOnlyCollection<FetchMachineImage> fetches) => _background.Retain(fetches);

    public Task<StepOutcome> ExecuteAsync(Step step, VirtualMachineResource? machine, IReadOnlyCollection<VirtualMachineResource> desired, CancellationToken cancellation) =>
        _executor.ExecuteAsync(step, machine, cancellation);

    public string? ActivityOf(string machine) => _background.MessageOf(step => step.Resource.Name == machine);

    public EngineEndpoint? EngineOf(string machine) => new($"unix://{_machines[machine].Tunnel.EngineSocket}", IMachineDriver.Remedy(machine));

    public Task<Stream> ConnectAsync(string machine, string host, int port, CancellationToken cancellation) =>
        GuestPort.ConnectAsync(_machines[machine].Folder.Path, host, port, cancellation);

    public IMemoryFiles MemoryOf(string machine) => new GuestMemory(_machines[machine].Tunnel);

    public async Task CopyConsoleAsync(string machine, bool follow, int? tail, Stream output, CancellationToken cancellation)
    {
        var folder = _machines[machine].Folder;
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

    public Task<int> ExecAsync(string machine, ExecRequest request, ExecFrames client, CancellationToken cancellation) =>
        GuestProcess.RunAsync(_machines[machine].Folder, request, client, cancellation);

    public Task WatchAsync(Action<string> changed, CancellationToken cancellation)
    {
        _changed = changed;
        return _watcher.RunAsync(changed, cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        await _background.DisposeAsync();
        await _machines.DisposeAsync();
        _images.Dispose();
    }
}
