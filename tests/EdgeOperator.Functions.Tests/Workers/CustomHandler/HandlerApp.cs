using System.Collections.Immutable;
using EdgeOperator.Functions.App;
using EdgeOperator.Functions.Dispatch;
using EdgeOperator.Functions.Invoking;
using EdgeOperator.Functions.Loading;
using EdgeOperator.Functions.Metrics;
using EdgeOperator.Functions.Tests.Node;
using EdgeOperator.Functions.Workers;
using EdgeOperator.Functions.Workers.CustomHandler;
using EdgeOperator.Functions.Workers.Pool;
using EdgeOperator.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeOperator.Functions.Tests.Workers.CustomHandler;

/// <summary>The handler of Apps/custom-python in a folder of its own, with the functions that a test asks for.</summary>
internal sealed class HandlerApp : IDisposable
{
    public const string Http = """{ "type": "httpTrigger", "name": "req", "authLevel": "anonymous" }, { "type": "http", "direction": "out", "name": "res" }""";
    public const string Queue = """{ "type": "queueTrigger", "name": "item", "queueName": "incoming" }, { "type": "queue", "direction": "out", "name": "out", "queueName": "out", "path": "{queueTrigger}/{id}" }""";
    public const string Timer = """{ "type": "timerTrigger", "name": "timer", "schedule": "0 0 3 * * *" }""";

    private readonly TempFolder _folder = new();

    public HandlerApp()
    {
        File.Copy(Path.Combine(AppContext.BaseDirectory, "Apps/custom-python/handler.py"), _folder.File("app/handler.py"));
        File.SetUnixFileMode(_folder.File("app/handler.py"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Directory.CreateDirectory(Temporary);
        Host();
    }

    public ImmutableSortedDictionary<string, string> Settings { get; set; } = ImmutableSortedDictionary<string, string>.Empty;

    public IReadOnlyList<IInput> Inputs { get; set; } = [];

    public RecordedLog Log { get; } = new();

    public FunctionMetrics Metrics { get; } = new(TimeProvider.System);

    public string Folder => Path.Combine(_folder, "app");

    public string Temporary => Path.Combine(_folder, "tmp");

    public string Write(string name, string content) => _folder.Write("app/" + name, content);

    /// <summary>Puts another program in the handler's place.</summary>
    public void Replace(string script)
    {
        // Not written over: a running program's file can't be.
        File.Move(Write("next", script), Path.Combine(Folder, "handler.py"), overwrite: true);
        File.SetUnixFileMode(Path.Combine(Folder, "handler.py"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }

    /// <summary>Writes host.json.</summary>
    /// <param name="description">JSON after the executable's line.</param>
    /// <param name="rest">JSON after customHandler.</param>
    public void Host(string executable = "handler.py", string description = "", bool forwards = false, string rest = "") => Write("host.json", $$"""
        {
          "version": "2.0",
          "customHandler": {
            "description": { "defaultExecutablePath": "{{executable}}" {{description}} },
            "enableForwardingHttpRequest": {{(forwards ? "true" : "false")}}
          }
          {{rest}}
        }
        """);

    public FunctionApp Read(string bindings, params string[] functions)
    {
        foreach (var function in functions)
        {
            Write($"{function}/function.json", $$"""{ "bindings": [{{bindings}}] }""");
        }

        return AppReader.Read(new() { App = "test", Generation = "1", Folder = Folder, Settings = Settings });
    }

    public IWorker Worker(FunctionApp app) => new CustomHandlerFactory(Temporary, "9.9.9", Log, TimeProvider.System).Create(app, 0);

    public async Task<WorkerPool> PoolAsync(FunctionApp app, PoolSettings? settings = null)
    {
        var pool = new WorkerPool(
            app, new CustomHandlerFactory(Temporary, "9.9.9", Log, TimeProvider.System), (settings ?? new()) with { StopGrace = TimeSpan.Zero },
            TimeProvider.System, NullLogger<WorkerPool>.Instance);
        await pool.StartAsync(CancellationToken.None);
        return pool;
    }

    public Invoker Invoker(WorkerPool pool, params IOutput[] outputs) => new(pool, Inputs, outputs, Log, Metrics, TimeProvider.System);

    public void Dispose()
    {
        Metrics.Dispose();
        _folder.Dispose();
    }
}
