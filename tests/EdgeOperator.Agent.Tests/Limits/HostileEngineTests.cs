using EdgeOperator.Agent.Engine;

namespace EdgeOperator.Agent.Tests.Limits;

/// <summary>The engine of a guest that has become the enemy.</summary>
public class HostileEngineTests
{
    private const string Ok = @"HTTP/1.1 200 OK\r\n\r\n";
    private const long Some = 20 * 1024 * 1024;

    [Theory]
    [InlineData(Ok + "[", """{"Id":"a"},""")]
    [InlineData(Ok + "[", "null,")]
    [InlineData(Ok + @"[{""Id"":""", "a")]
    [InlineData(Ok + @"[{""Id"":""a"",""Labels"":{", @"""k"":""v"",")]
    [InlineData(Ok, "[")]
    [InlineData(Ok, " ")]
    [InlineData(@"HTTP/1.1 200 OK\r\n", @"X-Flood: y\r\n")]
    public async Task A_list_without_end_is_a_failure(string head, string chunk)
    {
        await using var server = await HostileServer.StartAsync(head, chunk);
        using var engine = new DockerEngine(new($"unix://{server.Socket}"));

        await FailsAsync(engine.ListContainersAsync([], CancellationToken.None));

        (await server.SentAsync()).Should().BeLessThan(Some);
    }

    [Theory]
    [InlineData(Ok + @"{""Id"":""", "a")]
    [InlineData(Ok + @"{""Id"":""a"",""State"":{""Health"":{""Log"":[", "null,")]
    [InlineData(Ok + @"{""Id"":""a"",""Unknown"":", "[")]
    public async Task A_container_without_end_is_a_failure(string head, string chunk)
    {
        await using var server = await HostileServer.StartAsync(head, chunk);
        using var engine = new DockerEngine(new($"unix://{server.Socket}"));

        await FailsAsync(engine.InspectContainerAsync("a", CancellationToken.None));

        (await server.SentAsync()).Should().BeLessThan(Some);
    }

    [Theory]
    [InlineData("x")]
    [InlineData("[")]
    public async Task Of_an_error_without_end_the_beginning_is_passed_on(string chunk)
    {
        await using var server = await HostileServer.StartAsync(@"HTTP/1.1 500 Oops\r\nContent-Length: 1000000\r\n\r\n", chunk);
        using var engine = new DockerEngine(new($"unix://{server.Socket}"));

        (await FailsAsync(engine.ListImagesAsync(CancellationToken.None))).Message.Length.Should().BeInRange(1000, 3000);
    }

    [Fact]
    public async Task A_line_without_end_ends_the_events()
    {
        await using var server = await HostileServer.StartAsync(Ok, "{");
        using var engine = new DockerEngine(new($"unix://{server.Socket}"));

        await FailsAsync(ReadAsync(engine.EventsAsync(CancellationToken.None)));

        (await server.SentAsync()).Should().BeLessThan(Some);
    }

    [Fact]
    public async Task A_line_without_end_ends_a_pull()
    {
        await using var server = await HostileServer.StartAsync(Ok, "x");
        using var engine = new DockerEngine(new($"unix://{server.Socket}"));

        await FailsAsync(ReadAsync(engine.PullImageAsync("web:1", null, TimeSpan.FromSeconds(30), CancellationToken.None)));

        (await server.SentAsync()).Should().BeLessThan(Some);
    }

    [Theory]
    [InlineData(@"\x01\x00\x00\x00\x00\x00\x00\x00")]
    [InlineData(@"\x01\x00\x00\x00\xff\xff\xff\xff")]
    public async Task A_log_without_end_goes_no_faster_than_it_is_written(string frame)
    {
        await using var server = await HostileServer.StartAsync(Ok, frame);
        using var engine = new DockerEngine(new($"unix://{server.Socket}"));
        using var gone = new CancellationTokenSource();
        var output = new CancellingStream(gone, after: 256 * 1024);

        await engine.CopyLogsAsync(new() { Id = "a" }, new(Follow: false, null), output, gone.Token)
            .Awaiting(t => t).Should().ThrowAsync<OperationCanceledException>();

        (await server.SentAsync()).Should().BeLessThan(Some);
    }

    private static async Task ReadAsync<T>(IAsyncEnumerable<T> items)
    {
        await foreach (var _ in items)
        {
            // What counts is that they end.
        }
    }

    private static async Task<EngineException> FailsAsync(Task call) => (await call.Awaiting(c => c).Should().ThrowAsync<EngineException>()).Which;

    /// <summary>A client of the agent that goes away after some bytes, or as many flushes.</summary>
    private sealed class CancellingStream(CancellationTokenSource gone, long after) : MemoryStream
    {
        private long _count;

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => Count(buffer.Length);

        public override Task FlushAsync(CancellationToken cancellationToken) => Count(1).AsTask();

        private ValueTask Count(int count)
        {
            _count += count;
            if (_count > after)
                gone.Cancel();
            return ValueTask.CompletedTask;
        }
    }
}
