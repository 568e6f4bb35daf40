using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;
using EdgeOperator.Agent.Kinds.VirtualMachine.Qemu;
using EdgeOperator.Testing;

namespace EdgeOperator.Agent.Tests.Kinds.VirtualMachine.Qemu;

/// <summary>Against a socket that says what the test tells it to.</summary>
public sealed class QmpClientTests : IDisposable
{
    private const string Greeting = """{"QMP": {"version": {"qemu": {"micro": 22, "minor": 2, "major": 7}, "package": ""}, "capabilities": ["oob"]}}""";

    private readonly TempFolder _folder = new();
    private readonly Channel<QmpEvent> _events = Channel.CreateUnbounded<QmpEvent>();
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    public QmpClientTests()
    {
        _listener.Bind(new UnixDomainSocketEndPoint(_folder.File("qmp")));
        _listener.Listen();
    }

    [Fact]
    public async Task Answers_are_told_apart_by_their_ids()
    {
        var (client, monitor) = await ConnectAsync();
        await using var _ = client;
        var first = client.ExecuteAsync("query-status", null, CancellationToken.None);
        (await monitor.ReadLineAsync()).Should().Be("""{"execute":"query-status","id":"2"}""");
        var second = client.ExecuteAsync("block_resize", a => a.WriteNumber("size", 7), CancellationToken.None);
        (await monitor.ReadLineAsync()).Should().Be("""{"execute":"block_resize","arguments":{"size":7},"id":"3"}""");

        await monitor.WriteLineAsync("""{"return": {"n": 2}, "id": "3"}""");
        (await second).GetProperty("n").GetInt32().Should().Be(2);
        first.IsCompleted.Should().BeFalse();
        await monitor.WriteLineAsync("""{"return": {"n": 1}, "id": "2"}""");
        (await first).GetProperty("n").GetInt32().Should().Be(1);
    }

    [Fact]
    public async Task A_refusal_has_QEMUs_own_words()
    {
        var (client, monitor) = await ConnectAsync();
        await using var _ = client;
        var command = client.ExecuteAsync("cont", null, CancellationToken.None);
        await monitor.ReadLineAsync();
        await monitor.WriteLineAsync("""{"id": "2", "error": {"class": "GenericError", "desc": "not now"}}""");
        await FluentActions.Awaiting(() => command).Should().ThrowAsync<QmpException>().WithMessage("not now");
    }

    [Fact]
    public async Task Events_between_answers_are_told_in_order()
    {
        var (client, monitor) = await ConnectAsync();
        await using var _ = client;
        await monitor.WriteLineAsync("""{"timestamp": {"seconds": 1, "microseconds": 2}, "event": "STOP"}""");
        await monitor.WriteLineAsync("""{"timestamp": {"seconds": 1, "microseconds": 2}, "event": "SHUTDOWN", "data": {"guest": true, "reason": "guest-shutdown"}}""");
        (await _events.Reader.ReadAsync()).Name.Should().Be("STOP");
        (await _events.Reader.ReadAsync())["reason"].Should().Be("guest-shutdown");
    }

    [Fact]
    public async Task Whoever_waits_is_told_that_the_connection_is_lost()
    {
        var (client, monitor) = await ConnectAsync();
        await using var _ = client;
        var command = client.ExecuteAsync("cont", null, CancellationToken.None);
        await monitor.ReadLineAsync();
        await monitor.DisposeAsync();
        await FluentActions.Awaiting(() => command).Should().ThrowAsync<IOException>().WithMessage("*lost*");
        await FluentActions.Awaiting(() => client.ExecuteAsync("cont", null, CancellationToken.None)).Should().ThrowAsync<IOException>();
        client.IsOpen.Should().BeFalse();
    }

    [Theory]
    [InlineData('x', 2_000_000)]
    [InlineData('[', 100_000)]
    public async Task What_QEMU_could_never_say_ends_the_connection(char character, int times)
    {
        var (client, monitor) = await ConnectAsync();
        await using var _ = client;
        var command = client.ExecuteAsync("cont", null, CancellationToken.None);
        await monitor.ReadLineAsync();

        // The client hangs up before it has read all.
        var writing = monitor.WriteLineAsync(new(character, times));

        await FluentActions.Awaiting(() => command).Should().ThrowAsync<IOException>().WithMessage("*lost*");
        client.IsOpen.Should().BeFalse();
        await writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
    }

    [Theory]
    [InlineData("7")]
    [InlineData("[]")]
    [InlineData("""{"event": 7}""")]
    [InlineData("""{"id": "2", "error": "no"}""")]
    public async Task A_message_of_another_shape_ends_the_connection(string message)
    {
        var (client, monitor) = await ConnectAsync();
        await using var _ = client;
        var command = client.ExecuteAsync("cont", null, CancellationToken.None);
        await monitor.ReadLineAsync();
        await monitor.WriteLineAsync(message);

        await FluentActions.Awaiting(() => command).Should().ThrowAsync<IOException>().WithMessage("*lost*");
    }

    [Fact]
    public async Task Another_process_at_the_machines_socket_is_no_monitor() =>
        await FluentActions.Awaiting(() => QmpClient.ConnectAsync(_folder.File("qmp"), Told, TimeSpan.FromSeconds(30), CancellationToken.None, peer => peer.Process == 1))
            .Should().ThrowAsync<IOException>().WithMessage($"process {Environment.ProcessId} of user * listens on *");

    [Theory]
    [InlineData("{}")]
    [InlineData("SSH-2.0-OpenSSH")]
    public async Task What_does_not_greet_as_QEMU_is_no_monitor(string greeting)
    {
        var connecting = ConnectAsync(greeting, answer: false);
        await FluentActions.Awaiting(() => connecting).Should().ThrowAsync<IOException>().WithMessage("*no monitor*");
    }

    [Fact]
    public async Task A_monitor_that_serves_another_client_is_given_up()
    {
        await FluentActions.Awaiting(() => QmpClient.ConnectAsync(_folder.File("qmp"), Told, TimeSpan.FromMilliseconds(50), CancellationToken.None))
            .Should().ThrowAsync<IOException>().WithMessage("*does not answer*");
    }

    [Fact]
    public async Task Nobody_who_listens_is_an_error_of_the_disk() =>
        await FluentActions.Awaiting(() => QmpClient.ConnectAsync(_folder.File("none"), Told, TimeSpan.FromSeconds(30), CancellationToken.None))
            .Should().ThrowAsync<IOException>().WithMessage("*can't be reached*");

    public void Dispose()
    {
        _listener.Dispose();
        _folder.Dispose();
    }

    private void Told(QmpEvent happened) => _events.Writer.TryWrite(happened);

    private async Task<(QmpClient Client, Monitor Monitor)> ConnectAsync(string greeting = Greeting, bool answer = true)
    {
        var connecting = QmpClient.ConnectAsync(_folder.File("qmp"), Told, TimeSpan.FromSeconds(30), CancellationToken.None);
        var monitor = new Monitor(await _listener.AcceptAsync());
        await monitor.WriteLineAsync(greeting);
        if (answer)
        {
            (await monitor.ReadLineAsync()).Should().Be("""{"execute":"qmp_capabilities","id":"1"}""");
            await monitor.WriteLineAsync("""{"return": {}, "id": "1"}""");
        }

        return (await connecting, monitor);
    }

    private sealed class Monitor(Socket socket) : IAsyncDisposable
    {
        private readonly NetworkStream _stream = new(socket, ownsSocket: true);
        private StreamReader? _reader;

        public Task<string?> ReadLineAsync() => (_reader ??= new(_stream)).ReadLineAsync();

        public async Task WriteLineAsync(string line) => await _stream.WriteAsync(Encoding.UTF8.GetBytes(line + "\r\n"));

        public ValueTask DisposeAsync() => _stream.DisposeAsync();
    }
}
