using EdgeOperator.Core.Protocol.Functions;
using EdgeOperator.Functions.App;
using EdgeOperator.Functions.Hosting.Logs;
using EdgeOperator.Functions.Hosting.Metrics;
using EdgeOperator.Functions.Queues;
using EdgeOperator.Functions.Queues.Embedded;
using EdgeOperator.Functions.Storage;
using EdgeOperator.Functions.Triggers;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace EdgeOperator.Functions.Hosting;

/// <summary>The one place where workers, listeners and outputs are named.</summary>
internal sealed class Parts : IHostParts
{
    private readonly HostOptions _options;
    private readonly HostDatabase _database;
    private readonly QueueStores _queues;
    private readonly QueueApi _queueApi;
    private readonly ListenerFactory _listeners;

    private Parts(HostOptions options, HostDatabase database, EmbeddedQueues queues, TimeProvider time, ILoggerFactory loggers)
    {
        (_options, _database) = (options, database);
        _queues = new(queues, time);
        _queueApi = new(queues);
        _listeners = new(new(database), _queues, time, loggers);
    }

    /// <inheritdoc cref="Composition"/>
    public static async Task<IHostParts> ComposeAsync(
        HomeFolder home, AppLog log, FunctionMetrics metrics, HostOptions options, TimeProvider time, ILoggerFactory loggers, CancellationToken cancellation)
    {
        var database = HostDatabase.Open(home.Database);
        try
        {
            var queues = await EmbeddedQueues.OpenAsync(database, time, cancellation);
            queues.MeasureBy(metrics.Meter);
            return new Parts(options, database, queues, time, loggers);
        }
        catch
        {
            await database.DisposeAsync();
            throw;
        }
    }

    public async Task<IRunningApp> StartAsync(AppRequest request, CancellationToken cancellation)
    {
        var app = AppReader.Read(request, _options.AreOpen);
        await Task.Yield();
        throw new AppException($"no workers are known yet {app} {_listeners}");
    }

    public Task? Answer(HttpContext context, string[] path) => (context.Request.Method, path) switch
    {
        ("GET", ["queues"]) => _queueApi.ListAsync(context),
        ("POST", ["queues", var name]) => _queueApi.SendAsync(context, Uri.UnescapeDataString(name)),
        _ => null,
    };

    public async ValueTask DisposeAsync()
    {
        _queues.Dispose();
        await _database.DisposeAsync();
    }
}
