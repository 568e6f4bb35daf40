using System.Text;
using EdgeOperator.Agent.Engine;
using EdgeOperator.Agent.Execution;
using EdgeOperator.Agent.Kinds.VirtualMachine.Windows;
using EdgeOperator.Agent.Transfers;
using EdgeOperator.Core.Kinds.VirtualMachine;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.Protocol;
using Microsoft.Extensions.Logging;

namespace EdgeOperator.Agent.Kinds.VirtualMachine.Wsl;

/// <summary>Distributions of the Windows Subsystem for Linux, by <c>wsl.exe</c>. They belong to the user whom the agent runs as.</summary>
internal sealed class WslDriver : IMachineDriver, IAsyncDisposable
{
    private static readonly TimeSpan WatchInterval = TimeSpan.FromSeconds(30);

    private readonly WslProgram _program;
    private readonly WslFolders _folders;
    private readonly WslObserver _observer;
    private readonly WslExecutor _executor;
    private readonly FileDownload _download = new();
    private readonly SemaphoreSlim _fetching = new(1, 1);
    private readonly BackgroundSteps _steps;
    private readonly TimeProvider _time;
    private volatile Action<string>? _changed;

    /// <param name="root">The folder of all machines.</param>
    /// <param name="wsl">wsl.exe; null for the one in PATH.</param>
    /// <param name="configuration">The user's <c>.wslconfig</c>; null for the one in the profile.</param>
    public WslDriver(string root, string? wsl, string? configuration, TimeProvider time, ILoggerFactory logging)
    {
        _time = time;
        _program = new(wsl, time);
        _folders = new(root);
        var host = new WslHost(configuration ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".wslconfig"), _folders);
        _observer = new(_program, _folders, host);
        _executor = new(_program, _observer, _folders, host, time);
        _steps = new(why => _changed?.Invoke(why), time, logging.CreateLogger<BackgroundSteps>());
    }

    public MachineDriver Kind => MachineDriver.Wsl;

    public Task<IReadOnlyList<ObservedVirtualMachine>> ObserveAsync(IReadOnlyCollection<VirtualMachineResource> desired, CancellationToken cancellation) =>
        _observer.ObserveAsync(desired, cancellation);

    public void Expect(IReadOnlyCollection<FetchMachineImage> fetches) => _steps.Retain(fetches);

    public Task<StepOutcome> ExecuteAsync(Step step, VirtualMachineResource? machine, IReadOnlyCollection<VirtualMachineResource> desired, CancellationToken cancellation) =>
        _steps.AskAsync(step, (report, token) => RunAsync(step, machine, desired, report, token));

    public string? ActivityOf(string machine) => _steps.MessageOf(step => step.Resource.Name == machine);

    public EngineEndpoint? EngineOf(string machine) => DistributionToEnter(machine) is { } distribution
        ? EngineEndpoint.OfProgram($"wsl.exe -d {distribution}", cancellation => OpenEngineAsync(machine, distribution, cancellation), IMachineDriver.Remedy(machine))
        : null;

    /// <summary>The guest's journal, or its kernel's messages where it has none: WSL shows nobody its console.</summary>
    public async Task CopyConsoleAsync(string machine, bool follow, int? tail, Stream output, CancellationToken cancellation)
    {
        if (follow)
            throw new ControlException("NotSupported", "the journal of a distribution can't be followed: leave --follow out");
        if (_folders.Note(machine) is not { } note)
            throw new ControlException("NotFound", $"there is no machine {machine}");
        try
        {
            if (!(await _observer.ListAsync(cancellation)).Any(d => d.IsRunning && string.Equals(d.Name, note.SystemName, StringComparison.OrdinalIgnoreCase)))
                throw new ControlException("NotRunning", $"{machine} does not run, and reading its journal would start it");
            await output.WriteAsync(Encoding.UTF8.GetBytes(await new WslGuest(_program, note.SystemName!).LogAsync(tail ?? 1000, cancellation)), cancellation);
        }
        catch (Exception e) when (e is IOException or WslException)
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
        _download.Dispose();
        _fetching.Dispose();
    }

    // It may have been stopped since, and a connection would start it.
    private Task<Stream> OpenEngineAsync(string machine, string distribution, CancellationToken cancellation) => DistributionToEnter(machine) == distribution
        ? Task.Run(() => _program.Open(WslCommands.Engine(distribution)), cancellation)
        : Task.FromException<Stream>(new IOException($"{machine} does not run"));

    // Whoever enters one that is stopped starts it.
    private string? DistributionToEnter(string machine) => _folders.Note(machine) is { IsAskedToRun: true, IsComplete: true } note ? note.SystemName : null;

    private async Task<StepOutcome> RunAsync(Step step, VirtualMachineResource? machine, IReadOnlyCollection<VirtualMachineResource> desired, ReportProgress report, CancellationToken cancellation)
    {
        try
        {
            return (step, machine) switch
            {
                (FetchMachineImage fetch, _) => await FetchAsync(fetch, report, cancellation),
                (RemoveMachineImage image, _) => Remove(image),
                (StopMachine, _) => await _executor.StopAsync(step.Resource.Name, cancellation),
                (RemoveMachine, _) => await _executor.RemoveAsync(step.Resource.Name, cancellation),
                (StartMachine or ChangeMachine or ProvisionMachine, not null) when WslLimits.Check(machine.Machine).ToList() is { Count: > 0 } problems =>
                    new StepOutcome.Terminal("NotSupported", string.Join("; ", problems)),
                (_, null) => new StepOutcome.Terminal("NotDesired", $"{step.Resource} is not desired, so there is nothing to do"),
                (StartMachine, _) => await _executor.StartAsync(machine, All(machine, desired), cancellation),
                (ChangeMachine, _) => _executor.Change(machine),
                (GrantMachineAccess, _) => _executor.GrantAccess(machine),
                (ProvisionMachine, _) => await _executor.ProvisionAsync(machine, cancellation),
                _ => throw new ArgumentOutOfRangeException(nameof(step), step.Id, "not a step of this driver"),
            };
        }
        catch (TransferException e)
        {
            return new StepOutcome.Retry(e.Reason, e.Message);
        }
        catch (WslException e)
        {
            return new StepOutcome.Retry("WslRefused", e.Message);
        }
        catch (IOException e)
        {
            return new StepOutcome.Retry("WslUnavailable", e.Message);
        }
    }

    private async Task<StepOutcome> FetchAsync(FetchMachineImage step, ReportProgress report, CancellationToken cancellation)
    {
        // Machines may want the same image at once.
        await _fetching.WaitAsync(cancellation);
        try
        {
            var image = _folders.Image(step.Image.Sha256);
            if (File.Exists(image))
                return new StepOutcome.Succeeded();
            _folders.Create(step.Resource.Name);
            var unfinished = _folders.UnfinishedImage(step.Image.Sha256);
            await _download.FetchAsync(new(step.Image.Location, step.Image.Sha256, "image"), unfinished, progress => report($"fetching {step.Image.Location}: {progress.Done} of {progress.Total} bytes"), cancellation);
            File.Move(unfinished, image, overwrite: true);
            return new StepOutcome.Succeeded();
        }
        finally
        {
            _fetching.Release();
        }
    }

    private StepOutcome.Succeeded Remove(RemoveMachineImage step)
    {
        File.Delete(_folders.Image(step.Sha256));
        return new StepOutcome.Succeeded();
    }

    private static IReadOnlyCollection<VirtualMachineSpec> All(VirtualMachineResource machine, IReadOnlyCollection<VirtualMachineResource> desired) =>
        [.. desired.Where(m => m.Id != machine.Id).Append(machine).OrderBy(m => m.Id.Name, StringComparer.Ordinal).Select(m => m.Machine)];
}
