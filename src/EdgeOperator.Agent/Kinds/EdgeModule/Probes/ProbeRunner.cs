using System.Collections.Concurrent;
using System.Net.Sockets;
using EdgeOperator.Core.Kinds.EdgeModule;

namespace EdgeOperator.Agent.Kinds.EdgeModule.Probes;

/// <summary>Probes containers in the background, each at its own interval.</summary>
/// <param name="wake">Told in a few words when a container's health has changed.</param>
/// <param name="connect">Connects to a host and port; null for directly.</param>
internal sealed class ProbeRunner(TimeProvider time, Action<string> wake, Func<string, int, CancellationToken, Task<Stream>>? connect = null) : IAsyncDisposable
{
    /// <summary>While a container starts it is looked at more often, so that it is Ready soon after it is.</summary>
    private static readonly TimeSpan WhileStarting = TimeSpan.FromMilliseconds(500);

    private readonly ConcurrentDictionary<ProbeTarget, Run> _runs = new();
    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        ConnectCallback = connect is not { } dial ? null : async (context, cancellation) => await dial(context.DnsEndPoint.Host, context.DnsEndPoint.Port, cancellation),
        PooledConnectionLifetime = TimeSpan.Zero,
        ActivityHeadersPropagator = null,
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    /// <summary>Probes these from now on, and no others.</summary>
    public void Probe(IReadOnlyCollection<ProbeTarget> targets)
    {
        foreach (var target in targets)
        {
            var run = new Run();
            if (_runs.TryAdd(target, run))
            {
                run.Task = ProbeAsync(target, run, run.End.Token);
            }
        }

        foreach (var gone in _runs.Keys.Except(targets).ToList())
        {
            if (_runs.TryRemove(gone, out var run))
            {
                run.End.Cancel();
            }
        }
    }

    public ProbeState StateOf(ProbeTarget target) => _runs.TryGetValue(target, out var run) ? run.State : ProbeState.Starting;

    public async ValueTask DisposeAsync()
    {
        var runs = _runs.Values.ToList();
        Probe([]);
        await Task.WhenAll(runs.Select(run => run.Task));
        _http.Dispose();
    }

    private async Task ProbeAsync(ProbeTarget target, Run run, CancellationToken cancellation)
    {
        // As the engine's own checks do, the first failure counts one interval after the start.
        var (began, last) = (time.GetTimestamp(), time.GetTimestamp());
        try
        {
            while (true)
            {
                var failure = await TryAsync(target, cancellation);
                if (failure is null || time.GetElapsedTime(last) >= target.Probe.Interval)
                {
                    last = time.GetTimestamp();
                    var before = run.State;
                    run.State = before.After(failure, target.Probe, time.GetElapsedTime(began));
                    if (run.State.Health != before.Health)
                    {
                        wake(Describe(target, run.State));
                    }
                }

                var pause = run.State.Health == ContainerHealth.Starting && target.Probe.Interval > WhileStarting ? WhileStarting : target.Probe.Interval;
                await Task.Delay(pause, time, cancellation);
            }
        }
        catch (OperationCanceledException)
        {
            // Nobody asks for this container any more.
        }
    }

    /// <returns>What went wrong, or null.</returns>
    private async Task<string?> TryAsync(ProbeTarget target, CancellationToken cancellation)
    {
        if (target.Host is null)
        {
            return $"the container has no address that the agent can reach: join a network, or publish port {target.Port}";
        }

        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(target.Probe.Timeout);
        try
        {
            return target.Probe.HttpPath is { } path
                ? await GetAsync(target, target.Host, path, deadline.Token)
                : await ConnectAsync(target, target.Host, deadline.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return $"no answer from {target.Host}:{target.Port} within {target.Probe.Timeout.TotalSeconds:0.#} s";
        }
        catch (Exception e) when (e is HttpRequestException or SocketException or IOException)
        {
            return e.Message;
        }
    }

    private async Task<string?> GetAsync(ProbeTarget target, string host, string path, CancellationToken cancellation)
    {
        var address = new Uri($"{new UriBuilder("http", host, target.Port).Uri.GetLeftPart(UriPartial.Authority)}{path}");
        using var answer = await _http.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, cancellation);
        return (int)answer.StatusCode is >= 200 and < 400 ? null : $"GET {address} answered {(int)answer.StatusCode}";
    }

    private async Task<string?> ConnectAsync(ProbeTarget target, string host, CancellationToken cancellation)
    {
        if (connect is not null)
        {
            await using var stream = await connect(host, target.Port, cancellation);
            return null;
        }

        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(host, target.Port, cancellation);
        return null;
    }

    private static string Describe(ProbeTarget target, ProbeState state) => state.Health == ContainerHealth.Healthy
        ? $"container {target.Name} is healthy"
        : $"container {target.Name} is unhealthy ({state.Detail})";

    private sealed class Run
    {
        public CancellationTokenSource End { get; } = new();

        public Task Task { get; set; } = Task.CompletedTask;

        public ProbeState State { get; set; } = ProbeState.Starting;
    }
}
