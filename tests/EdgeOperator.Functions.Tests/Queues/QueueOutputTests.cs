using System.Collections.Immutable;
using System.Text;
using System.Text.Json.Nodes;
using EdgeOperator.Functions.App;
using EdgeOperator.Functions.Invoking;
using EdgeOperator.Functions.Queues;
using EdgeOperator.Functions.Queues.Embedded;
using EdgeOperator.Functions.Storage;
using EdgeOperator.Testing;

namespace EdgeOperator.Functions.Tests.Queues;

public sealed class QueueOutputTests : IAsyncLifetime, IDisposable
{
    private readonly TempFolder _folder = new();
    private HostDatabase _database = null!;
    private QueueStores _queues = null!;

    public async Task InitializeAsync()
    {
        _database = HostDatabase.Open(_folder.File("host.db"));
        _queues = new(await EmbeddedQueues.OpenAsync(_database, TimeProvider.System, default), TimeProvider.System);
    }

    public static TheoryData<Value, string[]> Values() => new()
    {
        { new Value.Text("plain"), ["plain"] },
        { new Value.Text("""{"a":1}"""), ["""{"a":1}"""] },
        { new Value.Text("""["a",{"b":2},3]"""), ["a", """{"b":2}""", "3"] },
        { new Value.Text("[not json"), ["[not json"] },
        { new Value.Bytes("bytes"u8.ToArray()), ["bytes"] },
        { new Value.Json(JsonNode.Parse("\"text\"")), ["text"] },
        { new Value.Json(JsonNode.Parse("""{"a":"é"}""")), ["""{"a":"\u00E9"}"""] },
        { new Value.Json(JsonNode.Parse("""["a",null,["b"]]""")), ["a", """["b"]"""] },
        { new Value.Json(null), [] },
    };

    [Theory]
    [MemberData(nameof(Values))]
    public async Task A_value_is_a_message_and_an_array_is_several(Value value, string[] messages)
    {
        await WriteAsync("out", value, []);
        var sent = await _queues.Own.Open("out").PeekAsync(10, default);
        sent.Select(m => Encoding.UTF8.GetString(m.Body.Span)).Should().Equal(messages);
    }

    [Fact]
    public async Task The_name_may_come_from_the_trigger()
    {
        await WriteAsync("Out-{kind}", new Value.Text("x"), new() { ["Kind"] = "fast" });
        _queues.Own.All.Select(q => q.Name).Should().Equal("out-fast");
        await FluentActions.Awaiting(() => WriteAsync("out-{missing}", new Value.Text("x"), []))
            .Should().ThrowAsync<IOException>().WithMessage("{missing} stands for nothing that the trigger knows");
    }

    [Theory]
    [InlineData("a", null, "*names the queue \"a\"*3 to 63*")]
    [InlineData("double--dash", null, "*single dashes*")]
    [InlineData("orders", "Elsewhere", "*names the connection Elsewhere*no such setting*")]
    public async Task What_can_not_be_written_is_told(string queue, string? connection, string message) =>
        await FluentActions.Awaiting(() => WriteAsync(queue, new Value.Text("x"), [], connection)).Should().ThrowAsync<IOException>().WithMessage(message);

    public async Task DisposeAsync() => await _database.DisposeAsync();

    public void Dispose() => _folder.Dispose();

    private Task WriteAsync(string queue, Value value, JsonObject metadata, string? connection = null)
    {
        var app = new FunctionApp
        {
            Name = "app",
            Folder = _folder,
            Host = new(),
            Worker = "custom",
            Settings = ImmutableSortedDictionary<string, string>.Empty.Add("AzureWebJobsStorage", ""),
        };
        var binding = new Binding("out", "queue", BindingDirection.Out, new JsonObject { ["queueName"] = queue, ["connection"] = connection });
        var output = new QueueOutput(app, _queues, TimeProvider.System);
        output.Handles(binding).Should().BeTrue();
        return output.WriteAsync(binding, value, metadata, default);
    }
}
