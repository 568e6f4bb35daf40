using System.Text;
using EdgeOperator.Functions.Queues;
using EdgeOperator.Functions.Queues.Embedded;
using EdgeOperator.Functions.Storage;
using EdgeOperator.Testing;
using Microsoft.AspNetCore.Http;

namespace EdgeOperator.Functions.Tests.Queues;

public sealed class QueueApiTests : IAsyncLifetime, IDisposable
{
    private readonly TempFolder _folder = new();
    private HostDatabase _database = null!;
    private EmbeddedQueues _queues = null!;

    public async Task InitializeAsync()
    {
        _database = HostDatabase.Open(_folder.File("host.db"));
        _queues = await EmbeddedQueues.OpenAsync(_database, TimeProvider.System, default);
    }

    [Fact]
    public async Task A_body_becomes_a_message()
    {
        (await PostAsync("orders", "héllo"u8.ToArray())).Status.Should().Be(201);
        Encoding.UTF8.GetString((await _queues.Open("orders").PeekAsync(1, default))[0].Body.Span).Should().Be("héllo");

        var context = Context([]);
        await new QueueApi(_queues).ListAsync(context);
        Body(context).Should().Be("""[{"name":"orders","length":1}]""");
    }

    [Fact]
    public async Task What_is_no_message_is_refused()
    {
        (await PostAsync("Bad Name", "x"u8.ToArray())).Should().Be((400, "\"Bad Name\" is no name of a queue; a name has 3 to 63 lower-case letters, digits and single dashes, with a letter or digit at both ends"));
        (await PostAsync("orders", new byte[QueueMessage.MaxBytes])).Status.Should().Be(201);
        (await PostAsync("orders", new byte[QueueMessage.MaxBytes + 1])).Status.Should().Be(413);
    }

    public async Task DisposeAsync() => await _database.DisposeAsync();

    public void Dispose() => _folder.Dispose();

    private async Task<(int Status, string Body)> PostAsync(string queue, byte[] body)
    {
        var context = Context(body);
        await new QueueApi(_queues).SendAsync(context, queue);
        return (context.Response.StatusCode, Body(context));
    }

    private static DefaultHttpContext Context(byte[] body)
    {
        var context = new DefaultHttpContext();
        context.Request.Body = new MemoryStream(body);
        context.Response.Body = new MemoryStream();
        return context;
    }

    private static string Body(DefaultHttpContext context) => Encoding.UTF8.GetString(((MemoryStream)context.Response.Body).ToArray());
}
