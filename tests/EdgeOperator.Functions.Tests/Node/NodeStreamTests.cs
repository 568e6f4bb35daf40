using System.Collections.Immutable;
using System.Net;
using System.Text;
using EdgeOperator.Functions.Invoking;
using EdgeOperator.Functions.Tests.Workers.Forwarding;

namespace EdgeOperator.Functions.Tests.Node;

/// <summary>Apps that say <c>app.setup({ enableHttpStream: true })</c>.</summary>
public sealed class NodeStreamTests : IAsyncLifetime
{
    private const string Script = """
        const { app, output } = require('@azure/functions');
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
        http('cookies', () => ({ headers: [['set-cookie', 'a=1'], ['set-cookie', 'b=2'], ['x-many', '1'], ['x-many', '2']], body: 'x' }));
        const also = output.storageQueue({ queueName: 'also', connection: '' });
        app.post('queued', { authLevel: 'anonymous', route: 'queued/{id}', extraOutputs: [also], handler: async (request, context) => {
            const text = await request.text();
            context.extraOutputs.set(also, [request.params.id, text]);
            return { status: 201, headers: { 'x-test': request.headers.get('x-test') }, cookies: [{ name: 'c', value: '3' }], body: `queued ${text} from ${request.url}` };
        } });
        app.post('echo', { authLevel: 'anonymous', route: 'echo', extraOutputs: [also], handler: (request, context) => {
            context.extraOutputs.set(also, 'echoed');
            return { headers: { 'x-url': request.url }, body: request.body };
        } });
        app.post('breaks', { authLevel: 'anonymous', route: 'breaks/{when}', extraOutputs: [also], handler: (request) => {
            if (request.params.when === 'before') {
                throw new Error('thrown on purpose');
            }

            let parts = 0;
            return { body: new ReadableStream({
                pull(controller) {
                    if (parts++ > 0) {
                        throw new Error('broken on purpose');
                    }

                    controller.enqueue(Buffer.from('half'));
                },
            }) };
        } });
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
    public async Task Headers_may_be_there_several_times()
    {
        using var response = await _front.Client.GetAsync("/api/cookies");

        response.Headers.GetValues("set-cookie").Should().Equal("a=1", "b=2");
        response.Headers.GetValues("x-many").Should().Equal("1, 2");
    }

    [Fact]
    public async Task A_function_with_further_outputs_answers_and_gives_them()
    {
        var function = _app.Function("queued");
        var request = new HttpInput(
            "POST", "http://device/api/queued/7?q=1", [new("X-Test", "seen")], [new("q", "1")],
            ImmutableSortedDictionary<string, string>.Empty.Add("id", "7"), "text"u8.ToArray());

        var result = await _app.Worker.InvokeAsync(
            new(Invocation.NewId(), function, ImmutableSortedDictionary<string, Value>.Empty.Add(function.Trigger.Name, new Value.Request(request)), []),
            CancellationToken.None);

        result.Error.Should().BeNull();
        var answer = ((Value.Response)result.ReturnValue!).Content;
        answer.Status.Should().Be(201);
        answer.Headers.Should().Contain(KeyValuePair.Create("x-test", "seen"));
        answer.Cookies.Should().Equal("c=3");
        Encoding.UTF8.GetString(answer.Body.Span).Should().Be("queued text from http://device/api/queued/7?q=1");
        ((Value.Json)result.Outputs.Should().ContainSingle().Which.Value).Content!.ToJsonString().Should().Be("""["7","text"]""");
    }

    [Fact]
    public async Task Bodies_of_a_function_with_further_outputs_are_streams_in_both_directions()
    {
        // HttpClient reads no answer before it has sent the request.
        var address = _front.Client.BaseAddress!;
        using var connection = await RawHttp.ConnectAsync(new IPEndPoint(IPAddress.Loopback, address.Port));
        await connection.SendAsync($"POST /api/echo HTTP/1.1\r\nHost: {address.Authority}\r\nTransfer-Encoding: chunked\r\n\r\n4\r\none \r\n");
        var begun = await connection.ReadUntilAsync("one ");
        begun.Should().StartWith("HTTP/1.1 200 OK").And.Contain($"x-url: {address}api/echo").And.Contain("one ", "it comes back while the request is still being sent");
        _front.LastResult.IsCompleted.Should().BeFalse();

        await connection.SendAsync("3\r\ntwo\r\n0\r\n\r\n");

        (await connection.ReadUntilAsync("0\r\n\r\n")).Should().Contain("two");
        var result = await _front.LastResult;
        result.Error.Should().BeNull();
        ((Value.Text)result.Outputs.Should().ContainSingle().Which.Value).Content.Should().Be("echoed");
    }

    [Fact]
    public async Task A_function_with_further_outputs_that_throws_before_its_answer_is_answered_500()
    {
        using var response = await _front.Client.PostAsync("/api/breaks/before", new StringContent("x"));

        response.StatusCode.Should().Be(HttpStatusCode.InternalServerError);
        (await _front.LastResult).Error.Should().Contain("thrown on purpose");
    }

    [Fact]
    public async Task A_stream_that_breaks_does_not_pass_for_a_whole_answer_and_gives_no_outputs()
    {
        var reading = async () =>
        {
            using var response = await _front.Client.PostAsync("/api/breaks/midway", new StringContent("x"));
            response.EnsureSuccessStatusCode();
        };

        await reading.Should().ThrowAsync<HttpRequestException>();
        var result = await _front.LastResult;
        result.Succeeded.Should().BeFalse();
        result.Outputs.Should().BeEmpty();
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
