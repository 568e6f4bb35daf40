using System.IO.Pipelines;
using EdgeOperator.Hub.Mqtt;
using EdgeOperator.Testing;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeOperator.Hub.Tests.Mqtt;

public sealed class HandshakeAdmissionTests : IAsyncDisposable
{
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(7);

    private readonly HandTime _time = new();
    private readonly HandshakeAdmission _admission;
    private readonly ServiceProvider _services = new ServiceCollection().BuildServiceProvider();
    private readonly ConnectionDelegate _listener;
    private readonly SemaphoreSlim _finish = new(0);
    private readonly TaskCompletionSource _leave = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _handshaking;
    private int _secured;

    public HandshakeAdmissionTests()
    {
        _admission = new(new(new()), _time, NullLogger<HandshakeAdmission>.Instance);
        var builder = new ConnectionBuilder(_services);
        _admission.Admit(builder, Silence, () => builder.Use(next => async connection =>
        {
            Interlocked.Increment(ref _handshaking);
            await _finish.WaitAsync();
            Interlocked.Decrement(ref _handshaking);
            await next(connection);
        }));
        builder.Run(_ =>
        {
            Interlocked.Increment(ref _secured);
            return _leave.Task;
        });
        _listener = builder.Build();
    }

    [Fact]
    public async Task No_more_handshakes_are_under_way_than_may_be_and_each_that_ends_lets_the_next_one_begin()
    {
        for (var i = 0; i < HandshakeAdmission.MostAtOnce + 10; i++)
            _ = Connect(says: "hello");
        await HandshakingAsync(HandshakeAdmission.MostAtOnce);

        _finish.Release(4);

        await SecuredAsync(4);
        await HandshakingAsync(HandshakeAdmission.MostAtOnce);
    }

    [Fact]
    public async Task Connections_that_say_nothing_take_no_place_and_are_ended_after_a_while()
    {
        var silent = Enumerable.Range(0, HandshakeAdmission.MostAtOnce).Select(_ => Connect(says: null)).ToArray();
        _ = Connect(says: "hello");

        await HandshakingAsync(1);
        _time.Elapse(Silence);

        await Task.WhenAll(silent);
    }

    [Fact]
    public async Task A_handshake_that_stalls_gives_its_place_to_the_next()
    {
        for (var i = 0; i < HandshakeAdmission.MostAtOnce; i++)
            _ = Connect(says: "hello");
        await HandshakingAsync(HandshakeAdmission.MostAtOnce);
        _ = Connect(says: "hello");

        _time.Elapse(HandshakeAdmission.LongestHold);

        await HandshakingAsync(HandshakeAdmission.MostAtOnce + 1);
    }

    [Fact]
    public async Task A_connection_whose_turn_does_not_come_is_ended()
    {
        for (var i = 0; i < HandshakeAdmission.MostAtOnce; i++)
            _ = Connect(says: "hello");
        await HandshakingAsync(HandshakeAdmission.MostAtOnce);
        var late = Connect(says: "hello");

        await Eventually.TrueAsync("it is ended", () =>
        {
            _time.Elapse(HandshakeAdmission.LongestWait);
            return late.IsCompleted;
        });

        _handshaking.Should().Be(HandshakeAdmission.MostAtOnce);
    }

    public async ValueTask DisposeAsync()
    {
        _finish.Release(10_000);
        _leave.SetResult();
        _finish.Dispose();
        await _services.DisposeAsync();
    }

    private Task Connect(string? says)
    {
        var (incoming, outgoing) = (new Pipe(), new Pipe());
        var connection = new DefaultConnectionContext("test", new Duplex(incoming.Reader, outgoing.Writer), new Duplex(outgoing.Reader, incoming.Writer));
        if (says is not null)
            incoming.Writer.WriteAsync(System.Text.Encoding.ASCII.GetBytes(says)).AsTask().GetAwaiter().GetResult();
        return Task.Run(() => _listener(connection));
    }

    private Task HandshakingAsync(int count) => Eventually.TrueAsync($"{count} handshakes are under way", () => _handshaking == count);

    private Task SecuredAsync(int count) => Eventually.TrueAsync($"{count} connections are secured", () => _secured == count);

    private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
