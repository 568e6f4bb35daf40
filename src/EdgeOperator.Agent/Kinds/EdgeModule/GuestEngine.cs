using EdgeOperator.Agent.Engine;
using EdgeOperator.Core.Kinds.EdgeModule;
using EdgeOperator.Core.State;

namespace EdgeOperator.Agent.Kinds.EdgeModule;

/// <summary>
/// The engine inside of a virtual machine. A machine may hang at any moment, so whoever looks at its engine waits for a short
/// time only, and hardly at all for one that was silent the last time.
/// </summary>
/// <param name="machine">The machine's name.</param>
/// <param name="endpoint">How the engine is reached: another endpoint is another engine.</param>
/// <param name="wake">Called with the reason for a pass when a late answer has come.</param>
internal sealed class GuestEngine(string machine, EngineEndpoint endpoint, ModuleEngine engine, Action<string> wake, TimeProvider time) : IAsyncDisposable
{
    private static readonly TimeSpan Usual = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan AfterSilence = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(20);

    private readonly CancellationTokenSource _end = new();
    private TimeSpan _timeout = Usual;
    private Task _late = Task.CompletedTask;
    private Task _watching = Task.CompletedTask;

    public EngineEndpoint Endpoint => endpoint;

    public ModuleEngine Modules => engine;

    public async Task<ObservedEngine> ObserveAsync(DesiredState desired, CancellationToken cancellation)
    {
        // What was asked before the last steps were carried out tells nothing of them.
        if (!_late.IsCompleted)
        {
            return Silent();
        }

        var asked = time.GetTimestamp();
        var reading = engine.ObserveAsync(desired, _end.Token);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        if (await Task.WhenAny(reading, Task.Delay(_timeout, time, deadline.Token)) == reading)
        {
            await deadline.CancelAsync();
            var observed = await reading;
            _timeout = observed.Unavailable is not null ? AfterSilence : _timeout > Usual ? _timeout : Usual;
            return observed;
        }

        _late = WaitAsync(reading, asked);
        cancellation.ThrowIfCancellationRequested();
        return Silent();
    }

    /// <summary>Follows the engine's events until cancelled, or until this is disposed of.</summary>
    public void Watch(Action<string> changed, CancellationToken cancellation) => _watching = WatchAsync(changed, cancellation);

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await Task.WhenAll(_watching, _late);
        await engine.DisposeAsync();
        _end.Dispose();
    }

    private async Task WatchAsync(Action<string> changed, CancellationToken cancellation)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _end.Token);
        await engine.WatchAsync(changed, either.Token);
    }

    /// <summary>An engine that is only slow gets the time that it needs.</summary>
    private async Task WaitAsync(Task<ObservedEngine> reading, long asked)
    {
        _timeout = AfterSilence;
        try
        {
            if (await reading is { Unavailable: null })
            {
                var needed = 2 * time.GetElapsedTime(asked);
                _timeout = needed < Longest ? needed : Longest;
                wake("the engine answers again");
            }
        }
        catch (OperationCanceledException)
        {
            // The machine is gone.
        }
    }

    private ObservedEngine Silent() => new() { Unavailable = $"the container engine in {Core.Manifests.KindNames.VirtualMachine}/{machine} does not answer" };
}
