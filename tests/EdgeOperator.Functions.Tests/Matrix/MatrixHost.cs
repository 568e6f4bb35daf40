using System.Collections.Immutable;
using System.Text.Json;
using EdgeOperator.Functions.Queues;
using EdgeOperator.Functions.Tests.Hosting.Real;
using EdgeOperator.Functions.Tests.Node;
using EdgeOperator.Testing;

namespace EdgeOperator.Functions.Tests.Matrix;

/// <summary>The host as a process of its own with one worker of a kind, whose functions note each run in a file and then do what they are told.</summary>
internal sealed class MatrixHost(string kind) : IAsyncDisposable
{
    private readonly FunctionsHost _host = new();
    private readonly TempFolder _notes = new("notes");
    private int _generation;
    private string? _timeout;

    /// <summary>Deploys the app again unless it runs with this <c>functionTimeout</c>.</summary>
    public async Task PrepareAsync(string timeout)
    {
        if (_timeout is null)
            await _host.StartAsync();
        if (_timeout != timeout)
            await DeployAsync(timeout);
        _timeout = timeout;
    }

    public Task DeployAgainAsync() => DeployAsync(_timeout!);

    /// <returns>The answer's status; null when its client did not wait for it.</returns>
    public async Task<int?> RequestAsync(string what, string id, bool withOutput, CancellationToken cancellation)
    {
        using var client = new HttpClient { BaseAddress = new($"http://127.0.0.1:{_host.Port}/"), Timeout = Eventually.Slow };
        var name = kind switch { "HttpRequestData" => "data", "ASP.NET Core" => "web", _ => "http" };
        try
        {
            using var response = await client.GetAsync($"api/mx/{name}{(withOutput ? "-out" : "")}?do={what}&call={id}", cancellation);
            return (int)response.StatusCode;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return null;
        }
    }

    public Task SendAsync(string what, string id, bool withOutput) => _host.SendAsync(Queue(withOutput), $$"""{ "Do": "{{what}}", "Call": "{{id}}" }""");

    public int Runs(string id) => File.Exists(_notes.File(id)) ? File.ReadAllLines(_notes.File(id)).Length : 0;

    /// <summary>Lets what waits go on, now and in later runs.</summary>
    public void Release(string id) => _notes.Write($"{id}.go", "");

    public async Task KillWorkerAsync()
    {
        var process = (await _host.ReportAsync()).Instances.Single().ProcessId;
        await Shell.RunAsync("kill", "-9", $"{process}");
    }

    /// <summary>The messages of a function's queue that are done with neither way.</summary>
    public Task<long> WaitingAsync(bool withOutput) => LengthAsync(Queue(withOutput));

    public Task<long> PoisonAsync(bool withOutput) => LengthAsync(QueueName.Poison(Queue(withOutput)));

    public Task<long> OutputAsync(string id) => LengthAsync($"out-{id}");

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        _notes.Dispose();
    }

    private static string Queue(bool withOutput) => withOutput ? "mx-queue-out" : "mx-queue";

    private async Task<long> LengthAsync(string queue) => JsonSerializer.Deserialize<QueueReport[]>(await _host.Control.GetStringAsync("queues"), JsonSerializerOptions.Web)!
        .SingleOrDefault(q => q.Name == queue)?.Length ?? 0;

    private async Task DeployAsync(string timeout) => await _host.ServeAsync(new()
    {
        App = "matrix",
        Generation = $"g{++_generation}",
        Folder = await FolderAsync(),
        Port = _host.Port,
        Settings = new Dictionary<string, string>
        {
            ["NOTES"] = _notes,
            ["INTEGRATION"] = kind == "ASP.NET Core" ? "AspNetCore" : "",
            ["AzureFunctionsJobHost__functionTimeout"] = timeout,
            ["AzureFunctionsJobHost__extensions__queues__maxDequeueCount"] = "2",
            ["GENERATION"] = $"{_generation}",
        }.ToImmutableSortedDictionary(),
    });

    private async Task<string> FolderAsync()
    {
        switch (kind)
        {
            case "Node.js":
                var folder = Path.Combine(_notes, "app");
                if (!Directory.Exists(folder))
                {
                    await Shell.RunAsync("cp", "-R", Path.Combine(NodePackages.Apps, "matrix-node"), folder);
                    Directory.CreateSymbolicLink(Path.Combine(folder, "node_modules"), await NodePackages.ModulesAsync());
                }

                return folder;
            case "custom handler":
                return Path.Combine(NodePackages.Apps, "matrix-custom");
            default:
                return await IsolatedAppBuild.FolderAsync();
        }
    }
}
