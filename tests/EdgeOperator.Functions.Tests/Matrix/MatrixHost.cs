using System.Collections.Immutable;
using System.Net;
using System.Text.Json;
using EdgeOperator.Functions.Blobs;
using EdgeOperator.Functions.Queues;
using EdgeOperator.Functions.Tests.Hosting.Real;
using EdgeOperator.Testing;

namespace EdgeOperator.Functions.Tests.Matrix;

/// <summary>
/// The host as a process of its own with one worker of a kind, whose functions note each run in a file and then do what they are told: for
/// each trigger one with each further binding, named <c>mx-TRIGGER-FURTHER</c>.
/// </summary>
internal sealed class MatrixHost(string kind) : IAsyncDisposable
{
    private readonly FunctionsHost _host = new();
    private readonly TempFolder _notes = new("notes");
    private int _generation;

    public string Kind => kind;

    private string HttpName => kind switch { "HttpRequestData" => "data", "ASP.NET Core" => "web", _ => "http" };

    /// <param name="call">The id of the timers' calls, which begin with the app.</param>
    /// <param name="timers">What their functions do.</param>
    public async Task DeployAsync(string call, string timers, string timeout = "00:10:00")
    {
        if (_generation == 0)
            await _host.StartAsync();
        await _host.ServeAsync(new()
        {
            App = "matrix",
            Generation = $"g{++_generation}",
            Folder = await MatrixApp.FolderAsync(kind, _notes),
            Port = _host.Port,
            Settings = Settings(call, timers, timeout).ToImmutableSortedDictionary(),
        });
        (await _host.ReportAsync()).Functions.Where(f => f.Error is not null).Select(f => $"{f.Name}: {f.Error}").Should().BeEmpty();
    }

    /// <returns>The answer; its status is null when its client did not wait for it.</returns>
    public async Task<(int? Status, string Body)> RequestAsync(string further, string what, string id, CancellationToken cancellation = default)
    {
        try
        {
            using var response = await _host.Client.GetAsync($"api/mx/{HttpName}/{further}?do={what}&call={id}", cancellation);
            return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(CancellationToken.None));
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return (null, "");
        }
    }

    public Task SendAsync(string further, string what, string id) => _host.SendAsync($"mx-queue-{further}", $$"""{ "Do": "{{what}}", "Call": "{{id}}" }""");

    public Task ArriveAsync(string further, string what, string id) => PutAsync($"mx-blob-{further}/{id}", what);

    /// <summary>Makes what the further binding of a call reads.</summary>
    public async Task SeedAsync(string further, string id)
    {
        if (further == "blobin")
            await PutAsync($"mx-data/{id}", "done");
        else if (further == "tablein")
            (await RequestAsync("tableout", "peek", id)).Status.Should().Be(200);
    }

    /// <summary>Whether the further binding of a call has written something.</summary>
    public async Task<bool> HasOutputAsync(string further, string id) => further switch
    {
        "queueout" => await LengthAsync($"out-{id}") == 1,
        "blobout" => await _host.Control.GetAsync($"blobs/mx-data/{id}") is { StatusCode: HttpStatusCode.OK },
        "tableout" => await RequestAsync("tablein", "peek", id) is { Status: 200, Body: "done" },
        _ => false,
    };

    /// <returns>What each run of a call got of its function's input.</returns>
    public string[] Runs(string note) => File.Exists(_notes.File(note)) ? [.. File.ReadAllLines(_notes.File(note)).Select(l => l.Replace("ran with ", "", StringComparison.Ordinal))] : [];

    /// <summary>Lets the calls whose ids begin so go on, those that wait and later ones.</summary>
    public void Release(string ids) => _notes.Write($"{ids}.go", "");

    public async Task KillWorkerAsync()
    {
        var process = (await _host.ReportAsync()).Instances.Single(i => i.State == "ready").ProcessId;
        await Shell.RunAsync("kill", "-9", $"{process}");
    }

    /// <summary>The messages that have been put aside for a trigger: of one function's queue, or of all blobs.</summary>
    public Task<long> PoisonAsync(string trigger, string further) =>
        LengthAsync(trigger == "blob" ? BlobListener.PoisonQueue : QueueName.Poison($"mx-queue-{further}"));

    /// <summary>Whether nothing runs and no message waits.</summary>
    public async Task<bool> IsIdleAsync() =>
        (await _host.ReportAsync()).Instances.All(i => i.InFlight == 0)
        && (await QueuesAsync()).Where(q => q.Name.StartsWith("mx-queue", StringComparison.Ordinal) && !q.Name.EndsWith("-poison", StringComparison.Ordinal)).All(q => q.Length == 0);

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        _notes.Dispose();
    }

    private Dictionary<string, string> Settings(string call, string timers, string timeout)
    {
        var settings = new Dictionary<string, string>
        {
            ["NOTES"] = _notes,
            ["CALL"] = call,
            ["TIMER_DO"] = timers,
            ["TIMER_SCHEDULE"] = "0 0 3 1 1 *",
            ["INTEGRATION"] = kind == "ASP.NET Core" ? "AspNetCore" : "",
            ["STREAMS"] = kind == "Node.js v4 with streams" ? "1" : "",
            ["AzureFunctionsJobHost__functionTimeout"] = timeout,
            ["AzureFunctionsJobHost__extensions__blobs__poisonBlobThreshold"] = "2",
            ["AzureFunctionsJobHost__extensions__queues__maxDequeueCount"] = "2",
            ["AzureFunctionsJobHost__extensions__queues__maxPollingInterval"] = "00:00:00.1",
            ["AzureFunctionsJobHost__extensions__queues__messageEncoding"] = "none",
        };
        var functions = MatrixTable.Triggers.SelectMany(t => MatrixTable.Further.Select(f => $"mx-{(t == "http" ? HttpName : t)}-{f}"));
        foreach (var (number, function) in functions.Index())
            settings[$"AzureFunctionsJobHost__functions__{number}"] = function;
        return settings;
    }

    private async Task PutAsync(string blob, string content)
    {
        using var answer = await _host.Control.PutAsync($"blobs/{blob}", new StringContent(content));
        answer.StatusCode.Should().Be(HttpStatusCode.Created);
    }

    private async Task<long> LengthAsync(string queue) => (await QueuesAsync()).SingleOrDefault(q => q.Name == queue)?.Length ?? 0;

    private async Task<QueueReport[]> QueuesAsync() => JsonSerializer.Deserialize<QueueReport[]>(await _host.Control.GetStringAsync("queues"), JsonSerializerOptions.Web)!;
}
