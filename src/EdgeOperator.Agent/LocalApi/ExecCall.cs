using EdgeOperator.Agent.Drivers;
using EdgeOperator.Core.Protocol;

namespace EdgeOperator.Agent.LocalApi;

/// <summary>A command that runs where a resource runs, as its caller sees it.</summary>
public sealed class ExecCall : IDisposable
{
    private readonly IDisposable _owner;
    private readonly string _agent;
    private readonly ExecFrames _frames;

    private ExecCall(IDisposable owner, Stream connection, string agent) => (_owner, _frames, _agent) = (owner, new(connection), agent);

    /// <param name="owner">Disposed with the call.</param>
    /// <param name="connection">Carries the frames.</param>
    /// <param name="agent">Who is at the other end, for messages.</param>
    public static async Task<ExecCall> StartAsync(IDisposable owner, Stream connection, string agent, ExecRequest request, CancellationToken cancellation)
    {
        var call = new ExecCall(owner, connection, agent);
        await SendAsync(() => call._frames.WriteAsync(ExecFrameKind.Start, request, ProtocolJson.Default.ExecRequest, cancellation));
        return call;
    }

    /// <summary>Copies standard input to the command until its end, or until the command no longer takes any.</summary>
    public Task CopyInputAsync(Stream input, CancellationToken cancellation) => SendAsync(async () =>
    {
        var buffer = new byte[ExecFrames.MaxData];
        int count;
        do
        {
            count = await input.ReadAsync(buffer, cancellation);
            await _frames.WriteAsync(ExecFrameKind.Input, buffer.AsMemory(0, count), cancellation);
        }
        while (count > 0);
    });

    /// <summary>Gives the command a piece of standard input; none is its end.</summary>
    public Task WriteInputAsync(ReadOnlyMemory<byte> input, CancellationToken cancellation) => SendAsync(() => _frames.WriteAsync(ExecFrameKind.Input, input, cancellation));

    public Task ResizeAsync(TerminalSize size, CancellationToken cancellation) => SendAsync(() => _frames.WriteAsync(size, cancellation));

    /// <summary>Writes what the command prints, until it has ended.</summary>
    /// <returns>The command's exit code.</returns>
    /// <exception cref="AgentRefusedException">It can't be run.</exception>
    /// <exception cref="AgentUnreachableException">The connection was lost; what the command did is not known.</exception>
    public async Task<int> CopyOutputAsync(Stream output, Stream errors, CancellationToken cancellation)
    {
        while (await _frames.ReadAsync(cancellation) is var (kind, content))
        {
            switch (kind)
            {
                case ExecFrameKind.Output or ExecFrameKind.Errors:
                    var target = kind == ExecFrameKind.Output ? output : errors;
                    await target.WriteAsync(content, cancellation);
                    await target.FlushAsync(cancellation);
                    break;
                case ExecFrameKind.Exit:
                    return ExecFrames.ExitCode(content);
                case ExecFrameKind.Failure:
                    throw new AgentRefusedException(ExecFrames.Json(content, ProtocolJson.Default.ProblemDocument));
            }
        }

        throw new AgentUnreachableException(_agent, new IOException("the connection was lost; what the command did is not known"));
    }

    public void Dispose() => _owner.Dispose();

    // When the other side has gone, what it said last tells more.
    private static async Task SendAsync(Func<Task> send)
    {
        try
        {
            await send();
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
        }
    }
}
