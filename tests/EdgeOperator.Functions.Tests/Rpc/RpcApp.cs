using System.Collections.Immutable;
using System.Text.Json.Nodes;
using EdgeOperator.Functions.App;
using EdgeOperator.Functions.Invoking;
using EdgeOperator.Functions.Loading;
using EdgeOperator.Functions.Tests.Node;
using EdgeOperator.Functions.Workers;
using EdgeOperator.Functions.Workers.Rpc;
using EdgeOperator.Testing;

namespace EdgeOperator.Functions.Tests.Rpc;

/// <summary>The stand-in for a language worker, a process of its own that speaks the protocol, and the host's side of it.</summary>
internal sealed class RpcApp : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private readonly EventStreamServer _server = new();

    private RpcApp(string language, string worker, (string Name, string Value)[] settings)
    {
        var all = new Dictionary<string, string> { [$"languageWorkers__{language}__workerDirectory"] = worker };
        foreach (var (name, value) in settings)
        {
            all[name] = value;
        }

        App = new() { Name = "test", Folder = _folder, Host = new HostSettings(), Settings = all.ToImmutableSortedDictionary(), Worker = language };
        Worker = new RpcWorkerFactory(_server, _folder, Log, TimeProvider.System).Create(App, 0);
    }

    public FunctionApp App { get; private set; }

    public RecordedLog Log { get; } = new();

    public IWorker Worker { get; }

    public ImmutableArray<FunctionProblem> Problems { get; private set; }

    /// <param name="mode">What the stand-in does otherwise than usual.</param>
    public static RpcApp Of(string mode, params (string Name, string Value)[] settings) => new(
        "standin", Path.Combine(NodePackages.Apps, "rpc-worker"), [("STANDIN", mode), ("STANDIN_RUNTIME", "node"), ("QUEUE", "from-setting"), .. settings]);

    /// <summary>A copy of an app, with another worker.</summary>
    public static async Task<RpcApp> OfAsync(string language, string worker, string app, params (string Name, string Value)[] settings)
    {
        var all = new RpcApp(language, worker, settings);
        await Shell.RunAsync("cp", "-R", app + "/.", all._folder);
        if (language == "node")
            Directory.CreateSymbolicLink(Path.Combine(all._folder, "node_modules"), await NodePackages.ModulesAsync());
        return all;
    }

    public static async Task<RpcApp> StartAsync(string mode = "", params (string Name, string Value)[] settings)
    {
        var app = Of(mode, settings);
        await app.StartAsync();
        return app;
    }

    public async Task StartAsync()
    {
        App = AppReader.Announced(App, await Worker.StartAsync(CancellationToken.None) ?? []);
        Problems = await Worker.LoadAsync(App.Functions, CancellationToken.None);
    }

    public FunctionDefinition Function(string name) => App.Functions.Single(f => f.Name == name);

    public Invocation Call(string name, Value? trigger = null, JsonObject? metadata = null)
    {
        var function = Function(name);
        return new(
            Invocation.NewId(), function, ImmutableSortedDictionary<string, Value>.Empty.Add(function.Trigger.Name, trigger ?? new Value.Json(null)), metadata ?? []);
    }

    public Task<InvocationResult> InvokeAsync(string name, Value? trigger = null, JsonObject? metadata = null) =>
        Worker.InvokeAsync(Call(name, trigger, metadata), CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await Worker.DisposeAsync();
        await _server.DisposeAsync();
        _folder.Dispose();
    }
}
