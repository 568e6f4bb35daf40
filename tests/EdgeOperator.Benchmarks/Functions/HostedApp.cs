using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using EdgeOperator.Core.Protocol.Functions;
using EdgeOperator.Testing;

namespace EdgeOperator.Benchmarks.Functions;

/// <summary>An app in a host's process, as the agent starts it.</summary>
internal sealed class HostedApp : IAsyncDisposable
{
    private readonly TempFolder _home = new("eofb");
    private readonly GuardedProcess _process;
    private readonly HttpClient _control;

    private HostedApp(string executable, AppRequest request)
    {
        Port = request.Port;
        File.WriteAllText(_home.File("app.json"), JsonSerializer.Serialize(request, HostJson.Default.AppRequest));
        _process = GuardedProcess.Start(_home.File("output"), "", executable, "host", "--home", _home);
        _control = UnixHttp.Client(_home.File("host.sock"), "http://host");
    }

    public int Port { get; }

    public string Url => $"http://127.0.0.1:{Port}";

    public int ProcessId => _process.Id;

    public static async Task<HostedApp> StartAsync(BenchOptions options, string folder, bool standby = false)
    {
        var app = Launch(options, folder, standby);
        try
        {
            await Eventually.TrueAsync("it serves", async () => await app.ReportAsync() is { Serving: not null } report && report.Instances.All(i => i.State != "starting"));
            return app;
        }
        catch (TimeoutException e)
        {
            var log = app._process.Log;
            await app.DisposeAsync();
            throw new InvalidOperationException($"{folder} is not served: {log}", e);
        }
    }

    /// <summary>Starts the process, and waits for nothing.</summary>
    public static HostedApp Launch(BenchOptions options, string folder, bool standby = false) => new(options.Executable, new()
    {
        App = "bench",
        Generation = "1",
        Folder = folder,
        Port = FreePort.Next(),
        Standby = standby,
    });

    public async Task<HostReport> ReportAsync() =>
        await _control.GetFromJsonAsync("/status", HostJson.Default.HostReport) ?? throw new InvalidOperationException("no report");

    public async Task SendAsync(string queue, string message)
    {
        using var answer = await _control.PostAsync(new Uri($"/queues/{queue}", UriKind.Relative), new StringContent(message));
        answer.EnsureSuccessStatusCode();
    }

    public Task<string> QueuesAsync() => _control.GetStringAsync(new Uri("/queues", UriKind.Relative));

    /// <summary>Kills the worker that serves, and waits until it is gone.</summary>
    public async Task KillWorkerAsync()
    {
        var worker = (await ReportAsync()).Instances.First(i => i.State == "ready").ProcessId;
        using var process = Process.GetProcessById(worker);
        process.Kill();
        await Eventually.TrueAsync("the worker is gone", () => !Directory.Exists($"/proc/{worker}") || File.ReadAllText($"/proc/{worker}/stat").Contains(") Z ", StringComparison.Ordinal));
    }

    /// <summary>Megabytes of a process, by smaps_rollup: what is its own and not backed by a file, and all that is resident.</summary>
    public static (double Own, double Resident) Memory(int process)
    {
        var memory = File.ReadLines($"/proc/{process}/smaps_rollup").Skip(1)
            .ToDictionary(line => line.Split(':')[0], line => double.Parse(line.Split(':')[1].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture) / 1024);
        return (memory["Private_Dirty"] + memory.GetValueOrDefault("Swap"), memory["Rss"]);
    }

    public async ValueTask DisposeAsync()
    {
        _control.Dispose();
        await _process.DisposeAsync();
        _home.Dispose();
    }
}
