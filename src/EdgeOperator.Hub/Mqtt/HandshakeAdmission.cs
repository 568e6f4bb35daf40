using System.Diagnostics.CodeAnalysis;
using EdgeOperator.Hub.Security;
using Microsoft.AspNetCore.Connections;

namespace EdgeOperator.Hub.Mqtt;

/// <summary>
/// Lets so many connections of a listener begin TLS at once that those already in get their turn at the processor too: a handshake costs more
/// of it than anything else that a device asks for. Who sends nothing takes no place, and who stalls midway gives it up. Addresses take turns.
/// </summary>
internal sealed partial class HandshakeAdmission(HubMetrics metrics, TimeProvider time, ILogger<HandshakeAdmission> log) : Admission(MostAtOnce, LongestWait, metrics, time)
{
    public const int MostAtOnce = 64;

    /// <summary>By then most clients have given up.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long a handshake may take until its place is given to the next. It is the processor's time that is shared out, and the rest of it
    /// is the network's: a client that stalls keeps its connection until the handshake's own deadline, not the place.
    /// </summary>
    public static readonly TimeSpan LongestHold = TimeSpan.FromMilliseconds(500);

    /// <param name="silence">How long a connection may take to send its first byte.</param>
    /// <param name="useTls">Adds TLS to the listener.</param>
    public void Admit(IConnectionBuilder listen, TimeSpan silence, Action useTls)
    {
        listen.Use(next => connection => EnterAsync(connection, silence, next));
        useTls();
        listen.Use(next => connection =>
        {
            connection.Features.Get<Turn>()?.Dispose();
            return next(connection);
        });
    }

    private async Task EnterAsync(ConnectionContext connection, TimeSpan silence, ConnectionDelegate next)
    {
        try
        {
            if (!await HasBegunAsync(connection, silence))
                return;
            if (await EnterAsync(SourceAddress.Of(connection.RemoteEndPoint), connection.ConnectionClosed) is not { } place)
            {
                NoTurn(log, connection.RemoteEndPoint?.ToString() ?? "unknown", (int)LongestWait.TotalSeconds);
                connection.Abort();
                return;
            }

            using var turn = new Turn(place, Time);
            connection.Features.Set(turn);
            await next(connection);
        }
        catch (Exception e) when (e is OperationCanceledException or ConnectionResetException or ConnectionAbortedException)
        {
            // It has gone before its turn.
        }
    }

    /// <returns>False when it has ended, or has been silent for too long.</returns>
    private async Task<bool> HasBegunAsync(ConnectionContext connection, TimeSpan silence)
    {
        using var deadline = new CancellationTokenSource(silence, Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, connection.ConnectionClosed);
        var input = connection.Transport.Input;
        var read = await input.ReadAsync(either.Token);

        // Nothing is taken, and nothing looked at: TLS reads it from the beginning.
        input.AdvanceTo(read.Buffer.Start);
        return !read.Buffer.IsEmpty;
    }

    /// <summary>A handshake's turn, which ends with it or by its own timer.</summary>
    private sealed class Turn : IDisposable
    {
        private readonly IDisposable _place;
        private readonly ITimer _timer;

        [SuppressMessage("Reliability", "CA2000", Justification = "The timer is disposed with the turn.")]
        public Turn(IDisposable place, TimeProvider time)
        {
            _place = place;
            _timer = time.CreateTimer(_ => place.Dispose(), null, LongestHold, Timeout.InfiniteTimeSpan);
        }

        public void Dispose()
        {
            _timer.Dispose();
            _place.Dispose();
        }
    }
}
