using System.Collections.Immutable;
using EdgeOperator.Core.Protocol.Functions;
using EdgeOperator.Functions.App;
using EdgeOperator.Functions.Http;
using EdgeOperator.Functions.Http.Keys;
using EdgeOperator.Functions.Http.Routing;
using EdgeOperator.Functions.Invoking;

namespace EdgeOperator.Functions.Hosting;

/// <summary>One version of an app in this process: it is loaded, serves, and is drained. Those who use it acquire and release it.</summary>
public sealed class Generation : IAsyncDisposable
{
    private static readonly TimeSpan LastMoment = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource _abort = new();
    private readonly InFlightCounter _requests = new();
    private readonly Lock _listening = new();
    private bool _listens;
    private volatile Task? _drainedByHand;

    private Generation(AppRequest request, IRunningApp running, FunctionRequests requests, ImmutableArray<FunctionProblem> problems)
    {
        Request = request;
        Running = running;
        Requests = requests;
        Problems = problems;
        CrossOrigin = CrossOrigin.Of(request);
        TrustedProxies = TrustedProxies.Of(request);
    }

    public AppRequest Request { get; }

    public IRunningApp Running { get; }

    public FunctionRequests Requests { get; }

    /// <summary>Null where no other origin may call.</summary>
    internal CrossOrigin? CrossOrigin { get; }

    /// <summary>Null where there are none.</summary>
    internal TrustedProxies? TrustedProxies { get; }

    /// <summary>Functions that can't run, and why.</summary>
    public ImmutableArray<FunctionProblem> Problems { get; }

    /// <summary>Cancelled when what still runs is given up.</summary>
    public CancellationToken Aborted => _abort.Token;

    /// <summary>Requests and calls that are under way.</summary>
    public int InFlight => _requests.Count;

    /// <param name="areOpen">Keys are not asked for.</param>
    /// <exception cref="AppException">It can't be loaded.</exception>
    public static async Task<Generation> LoadAsync(AppRequest request, StartApp start, KeyStore keys, bool areOpen, CancellationToken cancellation)
    {
        var running = await start(request, cancellation);
        try
        {
            var (routes, problems) = RouteTable.Of(running.App.Host.Http.RoutePrefix, running.Functions);
            var requests = new FunctionRequests(running.App.Host.Http, routes, keys, running.Invoker, workersRoute: running.App.Worker == WorkerKind.Custom, areOpen);
            return new(request, running, requests, [.. running.Problems, .. problems]);
        }
        catch
        {
            await running.DisposeAsync();
            throw;
        }
    }

    public FunctionApp App => Running.App;

    /// <summary>By name, without regard to case.</summary>
    public FunctionDefinition? Find(string function) =>
        Running.Functions.FirstOrDefault(f => f.Name.Equals(function, StringComparison.OrdinalIgnoreCase));

    /// <summary>Keeps the workers while something is done with them; <see cref="Release"/> must follow.</summary>
    /// <returns>False when this generation is being drained: another one serves by now.</returns>
    public bool TryAcquire() => _requests.TryAcquire();

    public void Release() => _requests.Release();

    /// <summary>The end of the listeners that an operator drained; null when none did.</summary>
    public Task? DrainedByHand => _drainedByHand;

    /// <summary>Starts the listeners, once, unless they have been drained already.</summary>
    public void Listen()
    {
        lock (_listening)
        {
            if (_listens)
                return;

            _listens = true;
        }

        foreach (var listener in Running.Listeners)
            listener.Start();
    }

    /// <summary>Ends the listeners and waits for what they run.</summary>
    /// <exception cref="OperationCanceledException">It took too long; it goes on by itself.</exception>
    public async Task DrainListenersAsync(CancellationToken cancellation)
    {
        bool listened;
        lock (_listening)
        {
            listened = _listens;
            _listens = true;
        }

        if (listened)
            await Task.WhenAll(Running.Listeners.Select(l => l.DrainAsync(cancellation)));
    }

    /// <summary>Ends the listeners for an operator: as long as this generation serves, functions run for requests only.</summary>
    public void DrainByHand() => _drainedByHand = DrainListenersAsync(CancellationToken.None);

    /// <summary>Admits no more requests and waits for those in flight.</summary>
    /// <exception cref="OperationCanceledException">It took too long.</exception>
    public Task DrainRequestsAsync(CancellationToken cancellation)
    {
        _requests.Drain();
        return _requests.Drained.WaitAsync(cancellation);
    }

    /// <summary>Gives up what still runs, and stops the workers.</summary>
    public async ValueTask DisposeAsync()
    {
        _requests.Drain();
        await _abort.CancelAsync();
        foreach (var listener in Running.Listeners)
            await listener.DisposeAsync();

        await Running.DisposeAsync();
        try
        {
            await _requests.Drained.WaitAsync(LastMoment);
            Requests.Dispose();
            _abort.Dispose();
        }
        catch (TimeoutException)
        {
            // What is still in flight may use both.
        }
    }
}
