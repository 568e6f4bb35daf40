using EdgeOperator.Agent.Kinds.FunctionApp;
using EdgeOperator.Agent.LocalApi;
using EdgeOperator.Agent.Tests.LocalApi;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Protocol;

namespace EdgeOperator.Agent.Tests.Limits;

/// <summary>A function app whose code has become the enemy: it puts its own socket in the place of its host's, or takes over the host.</summary>
public class HostileHostTests
{
    private const string Ok = @"HTTP/1.1 200 OK\r\n";
    private const long Little = 4 * 1024 * 1024;

    [Theory]
    [InlineData(Ok + @"\r\n", "x")]
    [InlineData(Ok + @"\r\n[", "[")]
    [InlineData(Ok + @"\r\n{""App"":""a"",""Version"":""1"",""Functions"":[", "null,")]
    [InlineData(Ok + @"Content-Length: 9000000000\r\n\r\n", "x")]
    [InlineData(Ok, @"X-Flood: y\r\n")]
    [InlineData(Ok + "X-Endless: ", "y")]
    [InlineData(Ok + @"Transfer-Encoding: chunked\r\n\r\n1;", "e")]
    [InlineData(Ok + @"Transfer-Encoding: chunked\r\n\r\n0\r\n", @"X-Trailer: y\r\n")]
    public async Task Little_is_read_of_an_answer_without_end(string head, string chunk)
    {
        await using var server = await HostileServer.StartAsync(head, chunk);
        using var client = new HostClient(server.Socket, () => server.ProcessId);

        (await client.StatusAsync(CancellationToken.None)).Should().BeNull();

        (await server.SentAsync()).Should().BeLessThan(Little);
    }

    [Theory]
    [InlineData(Ok + @"\r\n", " ", 0.02)]
    [InlineData(Ok, @"X: y\r\n", 0.02)]
    [InlineData("", @"HTTP/1.1 102 Processing\r\n\r\n", 0)]
    public async Task An_answer_that_takes_for_ever_is_given_up(string head, string chunk, double pause)
    {
        await using var server = await HostileServer.StartAsync(head, chunk, pause);
        using var client = new HostClient(server.Socket, () => server.ProcessId) { AnswerTimeout = TimeSpan.FromMilliseconds(200) };

        (await client.StatusAsync(CancellationToken.None)).Should().BeNull();
        (await client.PutAsync("{}"u8.ToArray(), CancellationToken.None)).Should().BeFalse();
    }

    [Fact]
    public async Task Another_process_at_the_hosts_socket_is_told_nothing()
    {
        await using var server = await HostileServer.StartAsync(Ok + @"Content-Length: 0\r\n\r\n", "");
        using var client = new HostClient(server.Socket, () => Environment.ProcessId);
        using var withoutHost = new HostClient(server.Socket, () => null);

        (await client.PutAsync("""{"secret":1}"""u8.ToArray(), CancellationToken.None)).Should().BeFalse();
        (await withoutHost.PutAsync("""{"secret":1}"""u8.ToArray(), CancellationToken.None)).Should().BeFalse();

        await server.SentAsync();
        server.WasAsked.Should().BeFalse();
    }

    [Theory]
    [InlineData("", "x")]
    [InlineData(@"# TYPE a gauge\n", @"a 1\n")]
    [InlineData("", @"\n")]
    public async Task Metrics_without_end_leave_those_of_others_as_they_are(string head, string chunk)
    {
        await using var server = await HostileServer.StartAsync(Ok + @"\r\n" + head, chunk);
        using var client = new HostClient(server.Socket, () => server.ProcessId);
        ResourceStatus app = new() { Kind = KindNames.FunctionApp, Name = "hostile", State = "serving" };
        var agent = new CannedAgent();
        agent.Status = agent.Status with { Resources = [app, app with { Name = "orders" }] };
        agent.Host = (name, request) => name == "hostile"
            ? client.SendAsync(request, CancellationToken.None)
            : Task.FromResult(new HttpResponseMessage { Content = new StringContent("# TYPE calls_total counter\ncalls_total 3\n") });
        var metrics = new HostMetrics(agent);

        // All of them share one answer.
        var texts = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => metrics.RenderAsync(CancellationToken.None)));

        texts.Should().AllBe("# TYPE calls_total counter\ncalls_total{app=\"orders\"} 3\n");
        (await server.SentAsync()).Should().BeLessThan(Little);
    }
}
