using System.Collections.Immutable;
using System.Diagnostics.Metrics;
using EdgeOperator.Agent.Drivers;
using EdgeOperator.Agent.Engine;
using EdgeOperator.Agent.Kinds.EdgeModule;
using EdgeOperator.Agent.Kinds.VirtualMachine.Eflow;
using EdgeOperator.Agent.Kinds.VirtualMachine.Qemu;
using EdgeOperator.Agent.Kinds.VirtualMachine.Wsl;
using EdgeOperator.Agent.Secrets;
using EdgeOperator.Core.Kinds.VirtualMachine;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Core.State;

namespace EdgeOperator.Agent.Kinds.VirtualMachine;

/// <summary>Virtual machines, each on one of the systems that this host has for them.</summary>
public sealed class VirtualMachineDriver : IDriver, IExecTarget, IGuests, ILogSource, IMetricSource, IRestartable, ISnapshotTarget, IAsyncDisposable
{
    private readonly ImmutableArray<IMachineDriver> _systems;
    private readonly SharedRoots _roots;

    /// <param name="systems">In the order in which <see cref="MachineDriver.Auto"/> takes the first one that is there.</param>
    internal VirtualMachineDriver(ImmutableArray<IMachineDriver> systems, MachinesConfiguration configuration, string stateDirectory) =>
        (_systems, _roots) = (systems, new(configuration, stateDirectory));

    /// <summary>With what runs machines on this operating system.</summary>
    public static VirtualMachineDriver Create(DriverContext context)
    {
        var (configuration, stateDirectory, time, logging) = (context.Configuration.VirtualMachines, context.StateDirectory, context.Time, context.Loggers);
        var root = configuration.FolderIn(stateDirectory);
        var systems = ImmutableArray.CreateBuilder<IMachineDriver>();
        if (OperatingSystem.IsLinux())
            systems.Add(new QemuDriver(stateDirectory, time, logging, configuration.Directory, isReadOnly: context.IsReadOnly, secrets: context.Secrets));
        if (OperatingSystem.IsWindows() || configuration.PowerShell is not null)
            systems.Add(new EflowDriver(root, configuration.PowerShell, time, logging));
        if (OperatingSystem.IsWindows() || configuration.Wsl is not null)
            systems.Add(new WslDriver(root, configuration.Wsl, configuration: null, time, logging));
        return new(systems.ToImmutable(), configuration, stateDirectory);
    }

    public async Task<ObservedState> ObserveAsync(ObservedState observed, DesiredState desired, CancellationToken cancellation)
    {
        var found = await Task.WhenAll(_systems.Select(system =>
            system.ObserveAsync(DesiredOf(system, desired), cancellation)));
        var machines = found.SelectMany(all => all).GroupBy(machine => machine.Name, StringComparer.Ordinal)
            .ToImmutableSortedDictionary(same => same.Key, Choose, StringComparer.Ordinal);
        machines = desired.Machines.Aggregate(machines, (all, machine) => all.SetItem(machine.Id.Name, Judge(machine, all.GetValueOrDefault(machine.Id.Name))));
        return observed with { Machines = machines };
    }

    public Task FollowAsync(DeviceState device) => Task.WhenAll(_systems.Select(system =>
        system.FollowAsync([.. device.Observed.Machines.Values.Where(machine => machine.Driver == system.Kind)], DesiredOf(system, device.Desired))));

    public ResourceStatus? Describe(Resource resource, ObservedState observed) => resource is VirtualMachineResource machine
        ? VirtualMachineDescription.Of(machine, observed.Machines.GetValueOrDefault(machine.Id.Name), SystemOf(observed.Machines.GetValueOrDefault(machine.Id.Name), machine)?.ActivityOf(machine.Id.Name))
        : null;

    public void Expect(Plan plan, DeviceState device)
    {
        var fetches = plan.Fetches.OfType<FetchMachineImage>().ToLookup(fetch => SystemOf(device.Observed.Machines.GetValueOrDefault(fetch.Resource.Name), machine: null));
        foreach (var system in _systems)
            system.Expect([.. fetches[system]]);
    }

    public bool Handles(Step step) =>
        step is FetchMachineImage or StartMachine or StopMachine or ChangeMachine or GrantMachineAccess or ProvisionMachine or RemoveMachine or RemoveMachineImage;

    public Task<StepOutcome> ExecuteAsync(Step step, DeviceState device, CancellationToken cancellation)
    {
        var machine = device.Desired.Resources.GetValueOrDefault(step.Resource) as VirtualMachineResource;
        if (SystemOf(device.Observed.Machines.GetValueOrDefault(step.Resource.Name), machine) is not { } system)
            return Task.FromResult<StepOutcome>(new StepOutcome.Terminal("NotSupported", NotSupported(machine?.Machine.Driver ?? default)));

        // A link may lead elsewhere since somebody looked.
        return step is StartMachine && machine is not null && _roots.Refusal(machine.Machine.Shape.SharedFolders) is { } refusal
            ? Task.FromResult<StepOutcome>(new StepOutcome.Retry(nameof(BlockedReason.MachineRefused), refusal))
            : system.ExecuteAsync(step, machine, DesiredOf(system, device.Desired), cancellation);
    }

    /// <summary>Has the guest shut down, in the background where that takes long; the next pass starts the machine again, since it is to run.</summary>
    public async Task<StepOutcome> RestartAsync(ResourceId resource, DesiredState desired, CancellationToken cancellation)
    {
        if (desired.Resources.GetValueOrDefault(resource) is not VirtualMachineResource { Machine.Power: MachinePower.Running } machine)
            return new StepOutcome.Succeeded($"{resource} should not run, so it is not restarted");
        var observed = (await ObserveAsync(ObservedState.Nothing, desired, cancellation)).Machines.GetValueOrDefault(resource.Name);
        if (observed is null or { Phase: MachinePhase.Stopped } || SystemOf(observed, machine) is not { } system)
            return new StepOutcome.Succeeded($"{resource} does not run, so it is not restarted");
        return observed.Unavailable is { } why
            ? new StepOutcome.Retry(nameof(BlockedReason.DriverUnavailable), why)
            : await system.ExecuteAsync(new StopMachine(resource, "a restart was asked for"), machine, DesiredOf(system, desired), cancellation);
    }

    public Task<ImmutableArray<SnapshotReport>> SnapshotsOfAsync(ResourceId resource, DesiredState desired, CancellationToken cancellation) =>
        SnapshotsOf(resource, desired).ListAsync(resource.Name, cancellation);

    public Task CreateSnapshotAsync(ResourceId resource, DesiredState desired, string name, CancellationToken cancellation) =>
        SnapshotsOf(resource, desired).CreateAsync(resource.Name, name, cancellation);

    public Task RestoreSnapshotAsync(ResourceId resource, DesiredState desired, string name, CancellationToken cancellation) =>
        SnapshotsOf(resource, desired).RestoreAsync(resource.Name, name, cancellation);

    public Task DeleteSnapshotAsync(ResourceId resource, DesiredState desired, string name, CancellationToken cancellation) =>
        SnapshotsOf(resource, desired).DeleteAsync(resource.Name, name, cancellation);

    public Task WatchAsync(Action<string> changed, CancellationToken cancellation) => _systems.IsEmpty
        ? Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellation)
        : Task.WhenAll(_systems.Select(system => system.WatchAsync(changed, cancellation)));

    /// <summary>None before the guest reports that it has one, so that nobody waits for it.</summary>
    public EngineEndpoint? EngineOf(ObservedVirtualMachine machine) => machine is { Phase: MachinePhase.Running, Guest.Engine: not null }
        ? _systems.FirstOrDefault(system => system.Kind == machine.Driver)?.EngineOf(machine.Name)
        : null;

    public Task<Stream> ConnectAsync(ObservedVirtualMachine machine, string host, int port, CancellationToken cancellation) => SystemOf(machine, machine: null) is { } system
        ? system.ConnectAsync(machine.Name, host, port, cancellation)
        : Task.FromException<Stream>(new IOException($"there is no {KindNames.VirtualMachine}/{machine.Name}"));

    IMemoryFiles IGuests.MemoryOf(ObservedVirtualMachine machine) => SystemOf(machine, machine: null)?.MemoryOf(machine.Name) ?? new NoMemoryFiles(machine.Driver);

    /// <summary>Writes what the machine's console showed, with <see cref="LogOptions.Follow"/> until the machine ends.</summary>
    public Task CopyLogsAsync(ResourceId resource, DeviceState device, LogOptions options, Stream output, CancellationToken cancellation)
    {
        options.ThrowIfDetailed(resource);
        return SystemOf(device.Observed.Machines.GetValueOrDefault(resource.Name), machine: null) is { } system
            ? system.CopyConsoleAsync(resource.Name, options.Follow, options.Tail, output, cancellation)
            : throw new ControlException("NoConsole", $"{resource} has no console: it was not started yet");
    }

    public Task<int> ExecAsync(ResourceId resource, DesiredState desired, ExecRequest request, ExecFrames client, CancellationToken cancellation) =>
        SystemOf(observed: null, desired.Resources.GetValueOrDefault(resource) as VirtualMachineResource) is { } system
            ? system.ExecAsync(resource.Name, request, client, cancellation)
            : throw new ControlException("NotSupported", $"no command can be run in {resource} on this system");

    public void AddMetrics(Meter meter, Func<ObservedState> observed) => MachineMetrics.AddTo(meter, () => observed().Machines.Values);

    public async ValueTask DisposeAsync()
    {
        foreach (var system in _systems.OfType<IAsyncDisposable>())
            await system.DisposeAsync();
    }

    private IMachineSnapshots SnapshotsOf(ResourceId resource, DesiredState desired) =>
        SystemOf(observed: null, desired.Resources.GetValueOrDefault(resource) as VirtualMachineResource)?.Snapshots
        ?? throw new ControlException("NotSupported", $"there are no snapshots of {resource}: only machines of QEMU have them");

    private static ImmutableArray<VirtualMachineResource> DesiredOf(IMachineDriver system, DesiredState desired) => [.. desired.Machines.Where(machine => IsFor(machine, system))];

    private static bool IsFor(VirtualMachineResource machine, IMachineDriver system) =>
        machine.Machine.Driver is var driver && (driver == MachineDriver.Auto || driver == system.Kind);

    /// <summary>Of what several systems say of one machine: it is where it was made, or can be.</summary>
    private static ObservedVirtualMachine Choose(IEnumerable<ObservedVirtualMachine> same) =>
        same.OrderByDescending(machine => machine.Applied is not null).ThenByDescending(machine => machine.Unavailable is null).First();

    private ObservedVirtualMachine Judge(VirtualMachineResource machine, ObservedVirtualMachine? found)
    {
        found ??= new() { Name = machine.Id.Name, Driver = machine.Machine.Driver, Unavailable = NotSupported(machine.Machine.Driver) };
        return found.Refused is null && _roots.Refusal(machine.Machine.Shape.SharedFolders) is { } refusal ? found with { Refused = refusal } : found;
    }

    /// <summary>Where a machine is, or would be made.</summary>
    /// <param name="machine">For one that was not observed yet.</param>
    private IMachineDriver? SystemOf(ObservedVirtualMachine? observed, VirtualMachineResource? machine)
    {
        var kind = observed?.Driver ?? machine?.Machine.Driver;
        return _systems.FirstOrDefault(system => system.Kind == kind) ?? (machine is null ? null : _systems.FirstOrDefault(system => IsFor(machine, system)));
    }

    private static string NotSupported(MachineDriver driver) => driver switch
    {
        MachineDriver.Auto => "virtual machines are not supported on this system",
        MachineDriver.Qemu => "machines of QEMU are supported on Linux only; leave the driver to `auto`",
        _ => $"machines of {driver.ToString().ToUpperInvariant()} are supported on Windows only; leave the driver to `auto`",
    };
}
