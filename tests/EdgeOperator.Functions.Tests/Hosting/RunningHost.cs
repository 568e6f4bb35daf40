using System.Collections.Concurrent;
using System.Net;
using EdgeOperator.Core.Protocol.Functions;
using EdgeOperator.Functions.App;
using EdgeOperator.Functions.Hosting;
using EdgeOperator.Functions.Hosting.Endpoints;
using EdgeOperator.Functions.Http.Keys;
using EdgeOperator.Functions.Logs;
using EdgeOperator.Functions.Metrics;
using EdgeOperator.Testing;

namespace EdgeOperator.Functions.Tests.Hosting;

/// <summary>The real host in this process, on a port of its own, in front of canned apps.</summary>
internal sealed class RunningHost : IAsyncDisposable
{
    private readonly TempFolder _folder = new("fh");
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<string, Func<CancellationToken, Task<IRunningApp>>> _apps = new();
    private readonly Task _running;
    private readonly AppLog _log;
    private readonly FunctionMetrics _metrics;

    public RunningHost(HostOptions? options = null, TimeProvider? time = null)
    {
        time ??= TimeProvider.System;
        var home = HomeFolder.Open(_folder.File("home"));
        _log = new(home.Logs, null, time);
        _metrics = new(time);
        Keys = new(home.Keys);
        Host = new(
            new(home, options ?? new() { DrainLimit = TimeSpan.FromSeconds(10) }, _log, _metrics, time, AppLoggerProvider.Factory(_log, time)),
            async (request, cancellation) => await _apps[request.Generation](cancellation),
            Keys);
        _running = Host.RunAsync(RequestHandler.For(Host).AnswerAsync, _stop.Token);
    }

    public AppHost Host { get; }

    public KeyStore Keys { get; }

    public FunctionMetrics Metrics => _metrics;

    public int Port { get; } = FreePort.Next();

    /// <summary>Without cookies, redirects or a long timeout; relative to the port.</summary>
    public HttpClient Client => field ??= ClientOf(Port);

    public static HttpClient ClientOf(int port) => new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false })
    {
        BaseAddress = new($"http://127.0.0.1:{port}/"),
        Timeout = TimeSpan.FromSeconds(30),
    };

    public AppRequest Request(string generation) => new() { App = "canned", Generation = generation, Folder = "/canned", Port = Port };

    /// <summary>What a generation's workers are, once it is asked for.</summary>
    public void Define(string generation, IRunningApp app) => Define(generation, _ => Task.FromResult(app));

    public void Define(string generation, Func<CancellationToken, Task<IRunningApp>> load) => _apps[generation] = load;

    public void DefineBroken(string generation, string message) => Define(generation, _ => Task.FromException<IRunningApp>(new AppException(message)));

    /// <summary>Asks for a generation and waits until it serves.</summary>
    public async Task ServeAsync(string generation, IRunningApp app)
    {
        Define(generation, app);
        Host.Set(Request(generation));
        await ServingAsync(generation);
    }

    public Task ServingAsync(string generation) => Eventually.SucceedsAsync(() => Host.Report().Serving.Should().Be(generation));

    public async Task<(HttpStatusCode Status, string Body)> GetAsync(string path, string? key = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (key is not null)
            request.Headers.Add("x-functions-key", key);

        using var response = await Client.SendAsync(request);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    public Task StopAsync()
    {
        _stop.Cancel();
        return _running;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Host.Dispose();
        await _log.DisposeAsync();
        _metrics.Dispose();
        _stop.Dispose();
        _folder.Dispose();
    }
}
