using System.Text;
using EdgeOperator.Agent.Engine;
using EdgeOperator.Agent.Execution;
using EdgeOperator.Agent.Kinds.VirtualMachine.Windows;
using EdgeOperator.Core.Kinds.VirtualMachine;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.Protocol;
using Microsoft.Extensions.Logging;

namespace EdgeOperator.Agent.Kinds.VirtualMachine.Eflow;

/// <summary>
/// The machine of Azure IoT Edge for Linux on Windows, by its PowerShell module. It brings its own image and is updated by Windows;
/// a host has one.
/// </summary>
internal sealed class EflowDriver : IMachineDriver, IAsyncDisposable
{
    private static readonly TimeSpan LogTimeout = TimeSpan.FromMinutes(2);

    /// <summary>Asking EFLOW takes seconds of a processor.</summary>
    private static readonly TimeSpan WatchInterval = TimeSpan.FromMinutes(2);

    private readonly EflowProgram _program;
    private readonly EflowObserver _observer;
    private readonly EflowExecutor _executor;
    private readonly EflowNotes _notes;
    private readonly EflowAccess _access;
    private readonly BackgroundSteps _steps;
    private readonly TimeProvider _time;
    private volatile Action<string>? _changed;

    /// <param name="root">The folder of all machines.</param>
    /// <param name="powerShell">Windows PowerShell; null for the one in PATH.</param>
    public EflowDriver(string root, string? powerShell, TimeProvider time, ILoggerFactory logging)
    {
        _time = time;
        _program = new(powerShell, time);
        _notes = new(root);
        _access = new(root, time);
        _observer = new(_program, _notes, _access, time);
        _executor = new(_program, _observer, _notes, _access, time);
        _steps = new(why => _changed?.Invoke(why), time, logging.CreateLogger<BackgroundSteps>());
    }

    public MachineDriver Kind => MachineDriver.Eflow;

    public Task<IReadOnlyList<ObservedVirtualMachine>> ObserveAsync(IReadOnlyCollection<VirtualMachineResource> desired, CancellationToken cancellation) =>
        _observer.ObserveAsync(desired, cancellation);

    public Task<StepOutcome> ExecuteAsync(Step step, VirtualMachineResource? machine, IReadOnlyCollection<VirtualMachineResource> desired, CancellationToken cancellation) =>
        _steps.AskAsync(step, async (_, token) =>
        {
            try
            {
                return await RunAsync(step, machine, token);
            }
            finally
            {
                _observer.Forget();
            }
        });

    public string? ActivityOf(string machine) => _steps.MessageOf(step => step.Resource.Name == machine);

    public EngineEndpoint? EngineOf(string machine) => _access.IsWritten(machine)
        ? EngineEndpoint.OfProgram($"ssh {EflowGuest.User}", cancellation => Task.Run(() => _access.OpenEngine(machine), cancellation), IMachineDriver.Remedy(machine))
        : null;

    /// <summary>The guest's journal: EFLOW shows nobody its console.</summary>
    public async Task CopyConsoleAsync(string machine, bool follow, int? tail, Stream output, CancellationToken cancellation)
    {
        if (follow)
            throw new ControlException("NotSupported", "EFLOW runs only commands that end: leave --follow out");
        try
        {
            var lines = await _program.RunAsync(EflowCommands.Run($"sudo journalctl --no-pager -q -n {tail ?? 1000}"), LogTimeout, cancellation);
            foreach (var line in EflowAnswer.Lines(lines))
                await output.WriteAsync(Encoding.UTF8.GetBytes(line + "\n"), cancellation);
        }
        catch (Exception e) when (e is IOException or EflowException)
        {
            throw new ControlException("ConsoleUnavailable", $"the machine's journal can't be read: {e.Message}");
        }
    }

    public Task WatchAsync(Action<string> changed, CancellationToken cancellation)
    {
        _changed = changed;
        return Polling.RunAsync(token => _observer.ObserveAsync([], token), WatchInterval, changed, _time, cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        await _steps.DisposeAsync();
        _program.Dispose();
    }

    private async Task<StepOutcome> RunAsync(Step step, VirtualMachineResource? machine, CancellationToken cancellation)
    {
        try
        {
            return (step, machine) switch
            {
                (StopMachine, _) => await _executor.StopAsync(step.Resource.Name, cancellation),
                (RemoveMachine, _) => await _executor.RemoveAsync(step.Resource.Name, cancellation),
                (FetchMachineImage or RemoveMachineImage, _) => new StepOutcome.Terminal("NotSupported", "EFLOW brings its own image: remove disk.image"),
                (StartMachine or ChangeMachine or ProvisionMachine, not null) when EflowLimits.Check(machine.Machine).ToList() is { Count: > 0 } problems =>
                    new StepOutcome.Terminal("NotSupported", string.Join("; ", problems)),
                (_, null) => new StepOutcome.Terminal("NotDesired", $"{step.Resource} is not desired, so there is nothing to do"),
                (StartMachine, _) => await _executor.StartAsync(machine, cancellation),
                (ChangeMachine, _) => await _executor.ChangeAsync(machine, cancellation),
                (GrantMachineAccess, _) => await _executor.GrantAccessAsync(machine, cancellation),
                (ProvisionMachine, _) => await _executor.ProvisionAsync(machine, cancellation),
                _ => throw new ArgumentOutOfRangeException(nameof(step), step.Id, "not a step of this driver"),
            };
        }
        catch (EflowException e)
        {
            return new StepOutcome.Retry("EflowRefused", e.Message);
        }
        catch (IOException e)
        {
            return new StepOutcome.Retry("EflowUnavailable", e.Message);
        }
    }
}
