using System.Collections.Immutable;
using EdgeOperator.Core.Protocol.Functions;
using EdgeOperator.Functions.App;
using EdgeOperator.Functions.Http;
using EdgeOperator.Functions.Http.Keys;
using EdgeOperator.Functions.Http.Routing;

namespace EdgeOperator.Functions.Hosting;

/// <summary>One version of an app in this process: it is loaded, serves, and is drained. Those who use it enter and leave.</summary>
public sealed class Generation : IAsyncDisposable
{
    private static readonly TimeSpan LastMoment = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource _abort = new();
    private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _listening = new();
    private bool _listens;
    private bool _isDraining;
    private int _inside = 1;

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
    public int InFlight => Volatile.Read(ref _inside) - (_isDraining ? 0 : 1);

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

    /// <summary>Keeps the workers while something is done with them; <see cref="Leave"/> must follow.</summary>
    /// <returns>False when this generation is being drained: another one serves by now.</returns>
    public bool TryEnter()
    {
        Interlocked.Increment(ref _inside);
        if (!Volatile.Read(ref _isDraining))
            return true;

        Leave();
        return false;
    }

    public void Leave()
    {
        if (Interlocked.Decrement(ref _inside) == 0)
            _idle.TrySetResult();
    }

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

    /// <summary>Lets nobody in any more and waits for those inside.</summary>
    /// <exception cref="OperationCanceledException">It took too long.</exception>
    public Task DrainRequestsAsync(CancellationToken cancellation)
    {
        if (!Interlocked.Exchange(ref _isDraining, true))
            Leave();

        return _idle.Task.WaitAsync(cancellation);
    }

    /// <summary>Gives up what still runs, and stops the workers.</summary>
    public async ValueTask DisposeAsync()
    {
        Interlocked.Exchange(ref _isDraining, true);
        await _abort.CancelAsync();
        foreach (var listener in Running.Listeners)
            await listener.DisposeAsync();

        await Running.DisposeAsync();
        try
        {
            await _idle.Task.WaitAsync(LastMoment);
            Requests.Dispose();
            _abort.Dispose();
        }
        catch (TimeoutException)
        {
            // Whoever is still inside may use both.
        }
    }
}
