using System.Net;
using System.Net.Http.Json;
using System.Text;
using EdgeOperator.Core.Protocol.Functions;
using EdgeOperator.Testing;

namespace EdgeOperator.Functions.Tests.Hosting.Real;

/// <summary>The host as a process of its own, as the agent starts it; EDGEOP_FUNCTIONS_BIN names a published one.</summary>
internal sealed class FunctionsHost : IAsyncDisposable
{
    private readonly TempFolder _folder = new("fh");
    private GuardedProcess? _process;

    public FunctionsHost() => Control = UnixHttp.Client(Path.Combine(Home, "host.sock"), "http://host/");

    public string Home => Path.Combine(_folder, "home");

    public int Port { get; } = FreePort.Next();

    public int ProcessId => _process!.Id;

    public bool IsRunning => _process!.IsRunning;

    public string Output => _process?.Log ?? "";

    public HttpClient Control { get; }

    public HttpClient Client => field ??= RunningHost.ClientOf(Port);

    public static string[] Command => Environment.GetEnvironmentVariable("EDGEOP_FUNCTIONS_BIN") is { Length: > 0 } published
        ? [published]
        : ["dotnet", Path.Combine(AppContext.BaseDirectory, "edgeop-functions.dll")];

    /// <summary>A folder for an app, with these files.</summary>
    public string App(string name, params (string Name, string Content)[] files)
    {
        foreach (var (file, content) in files)
            _folder.Write($"{name}/{file}", content);

        return Path.Combine(_folder, name);
    }

    public async Task StartAsync()
    {
        Start("host", "--home", Home);
        await Eventually.GetAsync(ReportAsync);
    }

    public void Start(params string[] arguments) => _process = GuardedProcess.Start(_folder.File("output"), "", [.. Command, .. arguments]);

    /// <summary>Asks for an app and waits until it serves.</summary>
    public async Task ServeAsync(AppRequest request)
    {
        await PutAsync(request);
        await Eventually.SucceedsAsync(async () =>
        {
            var report = await ReportAsync();
            report.Failure.Should().BeNull();
            report.Serving.Should().Be(request.Generation);
        });
    }

    public async Task PutAsync(AppRequest request)
    {
        using var answer = await Control.PutAsJsonAsync("generation", request, HostJson.Default.AppRequest);
        answer.StatusCode.Should().Be(HttpStatusCode.Accepted);
    }

    public async Task<HostReport> ReportAsync() => (await Control.GetFromJsonAsync("status", HostJson.Default.HostReport))!;

    public async Task<string> GetAsync(string path) => await Client.GetStringAsync(path);

    public async Task SendAsync(string queue, string message)
    {
        using var answer = await Control.PostAsync($"queues/{queue}", new StringContent(message, Encoding.UTF8));
        answer.StatusCode.Should().Be(HttpStatusCode.Created);
    }

    /// <summary>SIGKILL, and the end of the process awaited; the guard's clean-up is over then.</summary>
    public async Task KillAsync()
    {
        _process!.Kill();
        await Eventually.TrueAsync("the host is gone", () => !_process.IsRunning);
        await _process.DisposeAsync();
    }

    /// <summary>SIGTERM, and the end of the process awaited.</summary>
    public Task StopAsync() => _process!.StopAsync();

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
            await _process.DisposeAsync();

        Control.Dispose();
        _folder.Dispose();
    }
}
