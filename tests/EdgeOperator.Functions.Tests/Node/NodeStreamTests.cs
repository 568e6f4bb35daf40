using System.Text;

namespace EdgeOperator.Functions.Tests.Node;

/// <summary>Apps that say <c>app.setup({ enableHttpStream: true })</c>.</summary>
public sealed class NodeStreamTests : IAsyncLifetime
{
    private const string Script = """
        const { app } = require('@azure/functions');
        app.setup({ enableHttpStream: true });
        const http = (name, handler) => app.http(name, { authLevel: 'anonymous', route: `${name}/{id?}`, handler });
        let release;
        const released = new Promise((resolve) => { release = resolve; });
        http('events', () => ({ headers: { 'content-type': 'text/event-stream' }, body: new ReadableStream({
            async start(controller) {
                controller.enqueue(Buffer.from('one '));
                await released;
                controller.enqueue(Buffer.from('two'));
                controller.close();
            },
        }) }));
        http('release', () => { release(); return { body: 'released' }; });
        http('upload', async (request, context) => {
            let total = 0;
            for await (const chunk of request.body) {
                total += chunk.length;
            }

            return { jsonBody: { total, id: request.params.id, q: request.query.get('q'), header: request.headers.get('x-test'), url: request.url } };
        });
        http('throws', () => { throw new Error('thrown on purpose'); });
        http('nothing', () => {});
        """;

    private TestApp _app = null!;
    private Front _front = null!;

    public async Task InitializeAsync()
    {
        _app = await TestApp.OfAsync(Script);
        _front = await Front.StartAsync(_app.Worker, _app.Functions);
    }

    public async Task DisposeAsync()
    {
        await _front.DisposeAsync();
        await _app.DisposeAsync();
    }

    [Fact]
    public async Task An_answer_arrives_while_it_is_made()
    {
        using var response = await _front.Client.GetAsync("/api/events", HttpCompletionOption.ResponseHeadersRead);
        response.Content.Headers.ContentType!.ToString().Should().Be("text/event-stream");
        using var stream = await response.Content.ReadAsStreamAsync();
        var first = new byte[4];
        await stream.ReadExactlyAsync(first);
        Encoding.ASCII.GetString(first).Should().Be("one ");

        (await _front.Client.GetStringAsync("/api/release")).Should().Be("released");

        (await new StreamReader(stream).ReadToEndAsync()).Should().Be("two");
    }

    [Fact]
    public async Task A_request_is_read_as_a_stream()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/upload/7?q=%C3%BC") { Content = new ByteArrayContent(new byte[20_000_000]) };
        request.Headers.Add("x-test", "seen");
        using var response = await _front.Client.SendAsync(request);

        (await response.Content.ReadAsStringAsync()).Should().Be(
            $$"""{"total":20000000,"id":"7","q":"ü","header":"seen","url":"{{_front.Client.BaseAddress}}api/upload/7?q=%C3%BC"}""");
    }

    [Theory]
    [InlineData("throws", 500)]
    [InlineData("nothing", 204)]
    public async Task A_function_without_an_answer_is_answered(string function, int status)
    {
        using var response = await _front.Client.GetAsync($"/api/{function}");

        ((int)response.StatusCode).Should().Be(status);
    }

    [Fact]
    public async Task No_port_is_opened_for_it()
    {
        await _front.Client.GetStringAsync("/api/release");

        // Column 2: the local address; 10: the socket's inode, which the process's descriptors name.
        var own = Directory.GetFiles($"/proc/{_app.Worker.ProcessId}/fd").Select(f => new FileInfo(f).LinkTarget).ToHashSet();
        var open = ((string[])["tcp", "tcp6"]).SelectMany(t => File.ReadLines($"/proc/net/{t}").Skip(1))
            .Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Where(c => own.Contains($"socket:[{c[9]}]"));
        open.Should().BeEmpty();
    }
}
