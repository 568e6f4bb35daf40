using EdgeOperator.Agent.Drivers;
using EdgeOperator.Agent.Engine;
using EdgeOperator.Agent.Kinds.EdgeModule.Images;
using EdgeOperator.Agent.Kinds.EdgeModule.Images.Verification;
using EdgeOperator.Agent.Secrets;
using EdgeOperator.Core.Kinds.EdgeModule;
using EdgeOperator.Core.Kinds.VirtualMachine;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Core.State;
using Microsoft.Extensions.Logging;

namespace EdgeOperator.Agent.Kinds.EdgeModule;

/// <summary>Edge modules: containers on Docker or Podman engines, the host's and those inside of virtual machines.</summary>
public sealed class EdgeModuleDriver : IDriver, ILogSource, IRestartable, IExecTarget, IAsyncDisposable
{
    /// <summary>A machine's engine is on the same host, and comes back whenever its machine was restarted.</summary>
    private static readonly TimeSpan GuestPause = TimeSpan.FromSeconds(3);

    private readonly ModuleEngine _host;
    private readonly GuestEngines? _guests;
    private volatile Action<string>? _changed;

    /// <param name="stateDirectory">Where the driver notes which images it pulled.</param>
    /// <param name="guests">The way into virtual machines; null where there are none.</param>
    /// <param name="images">Which images may run; null for all.</param>
    /// <param name="secrets">Gives the values of secrets; null for none but those of the state directory.</param>
    /// <param name="readOnly">Nothing is changed, perhaps beside an agent.</param>
    public EdgeModuleDriver(
        EngineConfiguration configuration, string stateDirectory, TimeProvider time, ILoggerFactory logging, IGuests? guests = null, ImagesConfiguration? images = null, bool readOnly = false, SecretVault? secrets = null)
    {
        var ownership = new Ownership(configuration.Owner);
        var credentials = new RegistryCredentials(configuration.RegistryAuthFile, (secrets ??= new(stateDirectory, time, readOnly)).Reveal);
        _host = new(new EngineEndpoint(configuration.Socket), ownership, credentials, secrets, new MemoryFolder(stateDirectory), new(stateDirectory), Admission(machine: null), Records(machine: null), stateDirectory, machine: null, connect: null, Wake, time, logging);
        _guests = guests is null ? null : new(guests, Create);

        ContainerRecords Records(string? machine) => new(stateDirectory, machine, readOnly);

        ImageAdmission Admission(string? machine) => new(images ?? new(), new(stateDirectory, machine), time);

        GuestEngine Create(ObservedVirtualMachine found, EngineEndpoint endpoint)
        {
            var machine = found.Name;
            var modules = new ModuleEngine(endpoint, ownership, credentials, secrets, guests.MemoryOf(found), new(stateDirectory, machine), Admission(machine), Records(machine), stateDirectory, machine, Connect, WakeFor, time, logging)
            {
                LongestPause = GuestPause,
            };
            return new(machine, endpoint, modules, WakeFor, time);

            void WakeFor(string why) => Wake($"{machine}: {why}");

            Task<Stream> Connect(string host, int port, CancellationToken cancellation) => guests.ConnectAsync(found, host, port, cancellation);
        }
    }

    /// <summary>With the guests of the virtual machines' driver.</summary>
    public static EdgeModuleDriver Create(DriverContext context) =>
        new(context.Configuration.Engine, context.StateDirectory, context.Time, context.Loggers, context.Find<IGuests>(), context.Configuration.Images, context.IsReadOnly, context.Secrets);

    public async Task<ObservedState> ObserveAsync(ObservedState observed, DesiredState desired, CancellationToken cancellation)
    {
        var host = _host.ObserveAsync(desired, cancellation);
        return observed with
        {
            GuestEngines = _guests is null ? observed.GuestEngines : await _guests.ObserveAsync(observed.Machines, desired, cancellation),
            Engine = await host,
        };
    }

    public ResourceStatus? Describe(Resource resource, ObservedState observed) => resource switch
    {
        EdgeModuleResource { Container.Target: EngineTarget.Host } module => _host.Describe(module, observed.Engine),
        EdgeModuleResource { Container.Target: var machine } module => observed.GuestEngines.GetValueOrDefault(machine) is { } engine && _guests?.Find(machine) is { } guest
            ? guest.Modules.Describe(module, engine)
            : EdgeModuleDescription.Of(module, new() { Unavailable = NotReached(machine) }, [], pull: null),
        _ => null,
    };

    public bool Handles(Step step) => EdgeModuleExecutor.Handles(step);

    public Task<StepOutcome> ExecuteAsync(Step step, DeviceState device, CancellationToken cancellation) => EngineOf(step.Target) is { } engine
        ? engine.ExecuteAsync(step, device.Desired, cancellation, device.Observed.Machines.GetValueOrDefault(step.Target)?.Guest?.Host)
        : Task.FromResult<StepOutcome>(new StepOutcome.Retry(nameof(BlockedReason.EngineUnavailable), NotReached(step.Target)));

    public void Expect(Plan plan, DeviceState device)
    {
        var pulls = plan.Fetches.OfType<PullImage>().ToLookup(pull => pull.Target);
        _host.Expect(pulls[EngineTarget.Host]);
        foreach (var (machine, guest) in _guests?.Known ?? [])
        {
            guest.Modules.Expect(pulls[machine]);
        }
    }

    public async Task WatchAsync(Action<string> changed, CancellationToken cancellation)
    {
        _changed = changed;
        _guests?.Watch(changed, cancellation);
        await _host.WatchAsync(changed, cancellation);
    }

    public Task<StepOutcome> RestartAsync(ResourceId resource, DesiredState desired, CancellationToken cancellation) => EngineOf(TargetOf(resource, desired)) is { } engine
        ? engine.RestartAsync(resource, cancellation)
        : Task.FromResult<StepOutcome>(new StepOutcome.Retry(nameof(BlockedReason.EngineUnavailable), NotReached(TargetOf(resource, desired))));

    public Task<int> ExecAsync(ResourceId resource, DesiredState desired, ExecRequest request, ExecFrames client, CancellationToken cancellation) => EngineOf(TargetOf(resource, desired)) is { } engine
        ? engine.ExecAsync(resource, request, client, cancellation)
        : throw new ControlException(nameof(BlockedReason.EngineUnavailable), $"no command can be run in {resource}: {NotReached(TargetOf(resource, desired))}");

    /// <summary>Writes a module's output, standard error included; with <see cref="LogOptions.Follow"/> until the container ends.</summary>
    public Task CopyLogsAsync(ResourceId resource, DeviceState device, LogOptions options, Stream output, CancellationToken cancellation) => EngineOf(TargetOf(resource, device.Desired)) is { } engine
        ? engine.CopyLogsAsync(resource, options, output, cancellation)
        : throw new ControlException(nameof(BlockedReason.EngineUnavailable), $"the log of {resource} can't be read: {NotReached(TargetOf(resource, device.Desired))}");

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        if (_guests is not null)
        {
            await _guests.DisposeAsync();
        }
    }

    private static string TargetOf(ResourceId module, DesiredState desired) =>
        desired.Resources.GetValueOrDefault(module) is EdgeModuleResource { Container.Target: var target } ? target : EngineTarget.Host;

    private ModuleEngine? EngineOf(string target) => target == EngineTarget.Host ? _host : _guests?.Find(target)?.Modules;

    private static string NotReached(string machine) =>
        $"the container engine in {KindNames.VirtualMachine}/{machine} can't be reached: see edgeop describe {KindNames.VirtualMachine}/{machine}";

    private void Wake(string why) => _changed?.Invoke(why);
}
