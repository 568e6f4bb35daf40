using System.Collections.Immutable;
using System.Text.Json.Nodes;
using EdgeOperator.Functions.App;
using EdgeOperator.Functions.Blobs;
using EdgeOperator.Functions.Blobs.Embedded;
using EdgeOperator.Functions.Queues;
using EdgeOperator.Functions.Queues.Embedded;
using EdgeOperator.Functions.Storage;
using EdgeOperator.Functions.Triggers;
using EdgeOperator.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeOperator.Functions.Tests.Triggers;

public sealed class ListenerFactoryTests : IAsyncLifetime, IDisposable
{
    private readonly TempFolder _folder = new();
    private HostDatabase _database = null!;
    private QueueStores _queues = null!;
    private BlobStores _blobs = null!;

    public async Task InitializeAsync()
    {
        _database = HostDatabase.Open(_folder.File("host.db"));
        _queues = new(await EmbeddedQueues.OpenAsync(_database, TimeProvider.System, default), TimeProvider.System);
        _blobs = new(await EmbeddedBlobs.OpenAsync(_database, _folder.File("blobs"), TimeProvider.System, default));
    }

    [Fact]
    public void Timers_and_queues_are_listened_to_and_others_need_no_listener()
    {
        var (listeners, problems) = Create(
            Function("Tick", "timerTrigger", ("schedule", "0 0 * * * *")),
            Function("Take", "QueueTrigger", ("queueName", "orders")),
            Function("Watch", "blobTrigger", ("path", "incoming/{name}")),
            Function("Serve", "httpTrigger"),
            Function("Rest", "timerTrigger", ("schedule", "0 0 * * * *")) with { Disabled = true });
        problems.Should().BeEmpty();
        listeners.Select(l => l.GetType().Name).Should().Equal("TimerListener", "QueueListener", "BlobListener");
    }

    [Fact]
    public void One_bad_function_does_not_stop_the_others()
    {
        var (listeners, problems) = Create(
            Function("Other", "cosmosDBTrigger"),
            Function("Blob", "blobTrigger", ("path", "In/{name}")),
            Function("Never", "timerTrigger", ("schedule", "0 0 0 31 2 *")),
            Function("Nothing", "timerTrigger"),
            Function("Maybe", "timerTrigger", ("schedule", "0 0 * * * *"), ("runOnStartup", "perhaps")),
            Function("Where", "queueTrigger", ("queueName", "orders"), ("connection", "Elsewhere")),
            Function("Odd", "queueTrigger", ("queueName", "Not A Queue")),
            Function("Half", "queueTrigger", ("queueName", "orders"), ("connection", "Half")),
            Function("Who", "queueTrigger", ("queueName", "orders"), ("connection", "Cloud")),
            Function("Tick", "timerTrigger", ("schedule", "00:05:00")));
        listeners.Should().HaveCount(1);
        problems.Select(p => p.Function).Should().Equal("Other", "Blob", "Never", "Nothing", "Maybe", "Where", "Odd", "Half", "Who");
        var messages = problems.Select(p => p.Message).ToArray();
        messages[0].Should().Be("cosmosDBTrigger is not supported on the device");
        messages[1].Should().StartWith("\"In\" is not a valid container name; a name has 3 to 63");
        messages[2].Should().Be("The schedule \"0 0 0 31 2 *\" names a date that never comes");
        messages[3].Should().Be("The timerTrigger has no schedule");
        messages[4].Should().Be("runOnStartup of the timerTrigger must be true or false, not \"perhaps\"");
        messages[5].Should().StartWith("The binding trigger names the connection Elsewhere, and there is no such setting.");
        messages[6].Should().StartWith("The binding trigger names the queue \"Not A Queue\"; a name has 3 to 63");
        messages[7].Should().StartWith("The connection string of the storage account can't be used for queues: it needs AccountName");
        messages[8].Should().StartWith("The setting Cloud__accountName describes a connection by an identity");
    }

    [Fact]
    public void An_unknown_time_zone_is_told_of_timers_alone()
    {
        var (listeners, problems) = Create(
            ImmutableSortedDictionary<string, string>.Empty.Add("WEBSITE_TIME_ZONE", "Nowhere"),
            Function("Tick", "timerTrigger", ("schedule", "0 0 * * * *")), Function("Take", "queueTrigger", ("queueName", "orders")));
        listeners.Should().HaveCount(1);
        problems.Should().ContainSingle().Which.Message.Should().StartWith("The setting WEBSITE_TIME_ZONE names no time zone of this device: \"Nowhere\".");
    }

    public async Task DisposeAsync()
    {
        await _database.DisposeAsync();
    }

    public void Dispose() => _folder.Dispose();

    private (ImmutableArray<EdgeOperator.Functions.Invoking.IListener> Listeners, ImmutableArray<FunctionProblem> Problems) Create(params FunctionDefinition[] functions) =>
        Create(ImmutableSortedDictionary<string, string>.Empty.Add("Half", "AccountName=shop").Add("Cloud__accountName", "shop"), functions);

    private (ImmutableArray<EdgeOperator.Functions.Invoking.IListener> Listeners, ImmutableArray<FunctionProblem> Problems) Create(
        ImmutableSortedDictionary<string, string> settings, params FunctionDefinition[] functions)
    {
        var app = new FunctionApp { Name = "app", Folder = _folder, Host = new(), Worker = "custom", Settings = settings };
        return new ListenerFactory(new(_database), _queues, _blobs, new(_database), TimeProvider.System, NullLoggerFactory.Instance).Create(app, functions, new Recorder());
    }

    private FunctionDefinition Function(string name, string trigger, params (string Name, string Value)[] properties)
    {
        var node = new JsonObject();
        foreach (var (property, value) in properties)
            node[property] = value;
        return new(name, [new("trigger", trigger, BindingDirection.In, node)]) { Folder = _folder };
    }
}
