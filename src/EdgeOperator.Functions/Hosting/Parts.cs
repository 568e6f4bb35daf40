using EdgeOperator.Core.Protocol.Functions;
using EdgeOperator.Functions.App;
using EdgeOperator.Functions.Blobs;
using EdgeOperator.Functions.Blobs.Embedded;
using EdgeOperator.Functions.Dispatch;
using EdgeOperator.Functions.Loading;
using EdgeOperator.Functions.Queues;
using EdgeOperator.Functions.Queues.Embedded;
using EdgeOperator.Functions.Storage;
using EdgeOperator.Functions.Tables;
using EdgeOperator.Functions.Triggers;
using EdgeOperator.Functions.Workers;
using EdgeOperator.Functions.Workers.CustomHandler;
using EdgeOperator.Functions.Workers.Node;
using EdgeOperator.Functions.Workers.Pool;
using EdgeOperator.Functions.Workers.Rpc;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace EdgeOperator.Functions.Hosting;

/// <summary>The one place where workers, listeners and outputs are named.</summary>
internal sealed class Parts : IHostParts
{
    private readonly HostContext _host;
    private readonly HostDatabase _database;
    private readonly QueueStores _queues;
    private readonly QueueApi _queueApi;
    private readonly BlobStores _blobs;
    private readonly BlobApi _blobApi;
    private readonly TableStores _tables;
    private readonly ListenerFactory _listeners;
    private readonly EventStreamServer _eventStreams = new();

    private Parts(HostContext host, HostDatabase database, EmbeddedQueues queues, EmbeddedBlobs blobs)
    {
        (_host, _database) = (host, database);
        _queues = new(queues, host.Time);
        _queueApi = new(queues);
        _blobs = new(blobs);
        _blobApi = new(blobs);
        _tables = new(new(database, host.Time));
        _listeners = new(new(database), _queues, _blobs, new(database), host.Time, host.Loggers);
    }

    /// <inheritdoc cref="Composition"/>
    public static async Task<IHostParts> ComposeAsync(HostContext host, CancellationToken cancellation)
    {
        var database = HostDatabase.Open(host.Home.Database);
        try
        {
            var queues = await EmbeddedQueues.OpenAsync(database, host.Time, cancellation);
            queues.MeasureBy(host.Metrics.Meter);
            var blobs = await EmbeddedBlobs.OpenAsync(database, host.Home.Blobs, host.Time, cancellation);
            return new Parts(host, database, queues, blobs);
        }
        catch
        {
            await database.DisposeAsync();
            throw;
        }
    }

    public async Task<IRunningApp> StartAsync(AppRequest request, CancellationToken cancellation)
    {
        var app = AppReader.Read(request, _host.Options.AreOpen);
        var settings = new PoolSettings { Instances = Math.Max(1, request.Instances) * WorkerProcesses.Of(app), Standby = request.Standby, MemoryLimit = request.MemoryPerInstance };
        var pool = new WorkerPool(app, WorkersOf(app), settings, _host.Time, _host.Loggers.CreateLogger<WorkerPool>());
        await pool.StartAsync(cancellation);
        var invoker = new Invoker(
            pool, [new BlobInput(pool.App, _blobs), new TableInput(pool.App, _tables)],
            [new QueueOutput(pool.App, _queues, _host.Time), new BlobOutput(pool.App, _blobs), new TableOutput(pool.App, _tables)], _host.Log, _host.Metrics, _host.Time);
        var (listeners, problems) = _listeners.Create(pool.App, pool.App.Functions, invoker);
        return new RunningApp(pool, invoker, listeners, problems);
    }

    public Task? Answer(HttpContext context, string[] path) => (context.Request.Method, path) switch
    {
        ("GET", ["queues"]) => _queueApi.ListAsync(context),
        ("POST", ["queues", var name]) => _queueApi.SendAsync(context, Uri.UnescapeDataString(name)),
        ("GET", ["blobs", var container]) => _blobApi.ListAsync(context, Uri.UnescapeDataString(container)),
        ("GET" or "PUT" or "DELETE", ["blobs", var container, .. var name]) =>
            _blobApi.AnswerAsync(context, Uri.UnescapeDataString(container), Uri.UnescapeDataString(string.Join('/', name))),
        _ => null,
    };

    public async ValueTask DisposeAsync()
    {
        await _eventStreams.DisposeAsync();
        await _database.DisposeAsync();
    }

    private IWorkerFactory WorkersOf(FunctionApp app) => app.Worker switch
    {
        "custom" => new CustomHandlerFactory(_host.Home.Temporary, HostVersion.Functions, _host.Log, _host.Time),
        // Our own worker, unless the app names another one.
        "node" when SettingNames.Find(app.Settings, "languageWorkers__node__workerDirectory") is null =>
            new NodeWorkerFactory(_host.Home.Temporary, _host.Log, _host.Time),
        _ => new RpcWorkerFactory(_eventStreams, _host.Home.Temporary, _host.Log, _host.Time),
    };
}
