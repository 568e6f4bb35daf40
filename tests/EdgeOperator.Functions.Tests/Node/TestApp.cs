using System.Collections.Immutable;
using EdgeOperator.Functions.App;
using EdgeOperator.Functions.Loading;
using EdgeOperator.Functions.Workers;
using EdgeOperator.Functions.Workers.Node;
using EdgeOperator.Testing;

namespace EdgeOperator.Functions.Tests.Node;

/// <summary>A Node app in a folder of its own with a worker for it.</summary>
internal sealed class TestApp : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private readonly Dictionary<string, string> _settings = new() { ["TICK_SCHEDULE"] = "0 0 3 * * *" };

    private TestApp()
    {
    }

    public RecordedLog Log { get; } = new();

    public string Folder => _folder.File("app/x")[..^2];

    public string TemporaryFolder => _folder.File("tmp/x")[..^2];

    public IWorker Worker { get; private set; } = null!;

    public ImmutableArray<FunctionDefinition> Functions { get; private set; }

    public ImmutableArray<FunctionProblem> Problems { get; private set; }

    /// <summary>A copy of one of the test apps.</summary>
    public static async Task<TestApp> CopyAsync(string name, params (string Name, string Value)[] settings)
    {
        var app = await EmptyAsync(settings);
        await Shell.RunAsync("cp", "-R", Path.Combine(NodePackages.Apps, name) + "/.", app.Folder);
        return app;
    }

    /// <summary>An app whose files are still to be written.</summary>
    public static async Task<TestApp> EmptyAsync(params (string Name, string Value)[] settings)
    {
        var app = new TestApp();
        foreach (var (key, value) in settings)
        {
            app._settings[key] = value;
        }

        Directory.CreateSymbolicLink(Path.Combine(app.Folder, "node_modules"), await NodePackages.ModulesAsync());
        return app;
    }

    public static async Task<TestApp> StartAsync(string name, params (string Name, string Value)[] settings)
    {
        var app = await CopyAsync(name, settings);
        await app.StartAsync();
        return app;
    }

    /// <summary>An app of a single CommonJS file, started.</summary>
    public static async Task<TestApp> OfAsync(string script)
    {
        var app = await EmptyAsync();
        app.Write("host.json", """{ "version": "2.0" }""");
        app.Write("package.json", """{ "main": "index.js" }""");
        app.Write("index.js", script);
        await app.StartAsync();
        return app;
    }

    public void Write(string name, string content) => _folder.Write($"app/{name}", content);

    public IWorker Create(int number = 0) =>
        new NodeWorkerFactory(TemporaryFolder, Log, TimeProvider.System).Create(Describe(), number);

    public FunctionApp Describe() => AppReader.Read(new()
    {
        App = "test",
        Generation = "1",
        Folder = Folder,
        Worker = "node",
        Settings = _settings.ToImmutableSortedDictionary(),
    });

    public async Task StartAsync()
    {
        Worker = Create();
        Functions = (await Worker.StartAsync(CancellationToken.None) is { } announced ? AppReader.Announced(Describe(), announced) : Describe()).Functions;
        Problems = await Worker.LoadAsync(Functions, CancellationToken.None);
    }

    public FunctionDefinition Function(string name) => Functions.Single(f => f.Name == name);

    public async ValueTask DisposeAsync()
    {
        if (Worker is not null)
        {
            await Worker.DisposeAsync();
        }

        _folder.Dispose();
    }
}
