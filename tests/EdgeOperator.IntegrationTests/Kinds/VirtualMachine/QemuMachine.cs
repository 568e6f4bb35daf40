using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.Versioning;
using EdgeOperator.Agent.Kinds.VirtualMachine.Qemu;
using EdgeOperator.Core.Kinds.VirtualMachine;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Planning;
using EdgeOperator.Platform.Files;
using EdgeOperator.Platform.Processes;
using EdgeOperator.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeOperator.IntegrationTests.Kinds.VirtualMachine;

/// <summary>A machine on real QEMU, driven as the loop would: steps are asked for until they are over.</summary>
[SupportedOSPlatform("linux")]
internal sealed class QemuMachine : IAsyncDisposable
{
    public const string Name = "m";

    /// <summary>An emulated processor that shares its host takes its time.</summary>
    public static readonly TimeSpan BootTimeout = TimeSpan.FromMinutes(3);

    private static readonly TimeSpan StepTimeout = TimeSpan.FromMinutes(2);

    private readonly TempFolder? _own;
    private readonly string _state;
    private readonly string? _edgeop;
    private QemuDriver _driver;
    private CancellationTokenSource _stop = new();
    private Task _watching;

    /// <param name="edgeop">The program that answers the guest's calls of the host and serves its shared folders; null when there will be none.</param>
    public QemuMachine(MachineImage image, string? state = null, string? edgeop = null)
    {
        _edgeop = edgeop;
        _state = state ?? (_own = new TempFolder("vm"));
        Machine = new()
        {
            Driver = MachineDriver.Qemu,
            Shape = new() { Cpus = 1, Memory = 256L << 20, DiskSize = 64L << 20, Image = image },
            StopTimeout = TimeSpan.FromSeconds(30),
        };
        (_driver, _watching) = Begin();
    }

    public VirtualMachineSpec Machine { get; set; }

    public VirtualMachineConfig Shape
    {
        get => Machine.Shape;
        set => Machine = Machine with { Shape = value };
    }

    public ConcurrentQueue<string> News { get; } = new();

    public QemuDriver Driver => _driver;

    public ResourceId Id { get; } = new(KindNames.VirtualMachine, Name);

    public string State => _state;

    public string Folder => Path.Combine(_state, "vms", Name);

    public string Images => Path.Combine(_state, "vms", "images");

    public string SystemDisk => Path.Combine(Folder, "system.qcow2");

    public string DataDisk => Path.Combine(Folder, "data.qcow2");

    public VirtualMachineResource Resource => new() { Id = Id, Origin = new("m.yaml", 1, 1), Machine = Machine };

    /// <summary>QEMU's process id; null when it does not run.</summary>
    public int? Process => ProcessIdentity.Read(Path.Combine(Folder, "process")) is { IsAlive: true } process ? process.Id : null;

    /// <summary>As a pass does, which the driver follows.</summary>
    public async Task<ObservedVirtualMachine> ObserveAsync()
    {
        var observed = await Driver.ObserveAsync([Resource], CancellationToken.None);
        await Driver.FollowAsync(observed, [Resource]);
        return observed.Single(m => m.Name == Name);
    }

    /// <returns>The outcome, once it is not pending any more.</returns>
    public async Task<StepOutcome> DoAsync(Step step)
    {
        StepOutcome outcome = new StepOutcome.Pending("");
        await Eventually.TrueAsync(
            $"{step.Id}: {outcome}",
            async () => (outcome = await Driver.ExecuteAsync(step, Resource, [Resource], CancellationToken.None)) is not StepOutcome.Pending,
            StepTimeout);
        return outcome;
    }

    /// <summary>Fails with what the step says.</summary>
    public static async Task<StepOutcome.Succeeded> SucceedsAsync(Task<StepOutcome> step) =>
        await step is var outcome && outcome is StepOutcome.Succeeded success ? success : throw new InvalidOperationException($"{outcome}");

    public Task<StepOutcome> FetchAsync() => DoAsync(new FetchMachineImage(Id, "", Shape.Image!));

    public Task<StepOutcome> StartAsync(bool fresh = false) => DoAsync(new StartMachine(Id, "", Resource.SpecHash, fresh));

    public Task<StepOutcome> ChangeAsync() => DoAsync(new ChangeMachine(Id, "", Resource.SpecHash));

    public Task<StepOutcome> StopAsync() => DoAsync(new StopMachine(Id, ""));

    /// <summary>Fetches the image, starts the machine and waits for its guest.</summary>
    public async Task<ObservedVirtualMachine> BootAsync()
    {
        await SucceedsAsync(FetchAsync());
        await SucceedsAsync(StartAsync());
        return await RunningAsync();
    }

    public Task<ObservedVirtualMachine> RunningAsync(string? otherThanBoot = null) => SeenAsync(
        m => m is { Phase: MachinePhase.Running, Guest: { } guest } && guest.BootId != otherThanBoot);

    public Task<ObservedVirtualMachine> SeenAsync(Func<ObservedVirtualMachine, bool> wanted) => Eventually.GetAsync(
        async () => await ObserveAsync() is var seen && wanted(seen) ? seen : throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"seen: {seen}; {Output}")),
        BootTimeout);

    /// <summary>Runs a command in the guest.</summary>
    public async Task<string> InGuestAsync(string command)
    {
        var tunnel = new Agent.Kinds.VirtualMachine.Tunnel.SshTunnel(Folder, new(TimeProvider.System), [], TimeProvider.System);
        var answer = await tunnel.RunAsync(command, default, TimeSpan.FromSeconds(60), CancellationToken.None);
        answer.ExitCode.Should().Be(0, "{0}: {1}", command, answer.LastLine);
        return answer.Text.TrimEnd();
    }

    /// <summary>Ends QEMU as a crash would.</summary>
    public void Kill() => Posix.Signal(Process!.Value, 9);

    /// <summary>Another agent takes over; the machine goes on.</summary>
    public async Task ReplaceDriverAsync()
    {
        await EndAsync();
        _stop = new();
        (_driver, _watching) = Begin();
    }

    public async ValueTask DisposeAsync()
    {
        Machine = Machine with { StopTimeout = TimeSpan.Zero };
        await StopAsync();
        await EndAsync();
        _own?.Dispose();
    }

    private string Output => File.Exists(Path.Combine(Folder, "output.log")) ? File.ReadAllText(Path.Combine(Folder, "output.log")) : "no output";

    private (QemuDriver Driver, Task Watching) Begin()
    {
        var driver = new QemuDriver(_state, TimeProvider.System, NullLoggerFactory.Instance, edgeop: _edgeop is null ? null : [_edgeop]);
        return (driver, driver.WatchAsync(News.Enqueue, _stop.Token));
    }

    private async Task EndAsync()
    {
        await _stop.CancelAsync();
        await _watching.ContinueWith(_ => { }, TaskScheduler.Default);
        await _driver.DisposeAsync();
        _stop.Dispose();
    }
}
