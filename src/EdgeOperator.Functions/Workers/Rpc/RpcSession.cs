using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Threading.Channels;
using EdgeOperator.Functions.Workers.Rpc.Messages;
using Content = EdgeOperator.Functions.Workers.Rpc.Messages.StreamingMessage.ContentOneofCase;

namespace EdgeOperator.Functions.Workers.Rpc;

/// <summary>The conversation with one worker: pairs answers with requests, and hands on what comes unasked.</summary>
/// <param name="workerId">What the worker names itself; only its host and it know.</param>
/// <param name="log">Gets the worker's log lines.</param>
internal sealed class RpcSession(string workerId, Action<RpcLog> log)
{
    private readonly Channel<StreamingMessage> _outbox = Channel.CreateUnbounded<StreamingMessage>(new() { SingleReader = true });
    private readonly ConcurrentDictionary<string, TaskCompletionSource<StreamingMessage>> _waiting = new();
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private string? _end;
    private int _streams;

    /// <summary>Completes once the worker has said who it is.</summary>
    public Task Started => _started.Task;

    /// <summary>Sends a request that is answered under the same request id.</summary>
    /// <exception cref="WorkerLostException"/>
    public Task<StreamingMessage> AskAsync(StreamingMessage request, CancellationToken cancellation)
    {
        request.RequestId = Guid.NewGuid().ToString();
        return WaitAsync(request.RequestId, request, cancellation);
    }

    /// <exception cref="WorkerLostException"/>
    public async Task<InvocationResponse> InvokeAsync(InvocationRequest request, CancellationToken cancellation)
    {
        var message = new StreamingMessage { RequestId = Guid.NewGuid().ToString(), InvocationRequest = request };
        return (await WaitAsync(Key(request.InvocationId), message, cancellation)).InvocationResponse;
    }

    /// <summary>Asks for one answer for each of several functions; workers are free to answer one by one or all at once.</summary>
    public async Task<FunctionLoadResponse[]> LoadAsync(IReadOnlyCollection<FunctionLoadRequest> requests, bool together, CancellationToken cancellation)
    {
        if (together)
        {
            var all = new FunctionLoadRequestCollection { FunctionLoadRequests = { requests } };
            var answer = await AskAsync(new() { FunctionLoadRequestCollection = all }, cancellation);
            return [.. answer.FunctionLoadResponseCollection?.FunctionLoadResponses ?? []];
        }

        var answers = await Task.WhenAll(requests.Select(r => AskAsync(new() { FunctionLoadRequest = r }, cancellation)));
        return [.. answers.Select(a => a.FunctionLoadResponse).OfType<FunctionLoadResponse>()];
    }

    /// <summary>Sends what is not answered.</summary>
    public void Tell(StreamingMessage message)
    {
        message.RequestId = Guid.NewGuid().ToString();
        _outbox.Writer.TryWrite(message);
    }

    /// <summary>Fails whatever still waits, now and from now on.</summary>
    public void End(string why)
    {
        Interlocked.CompareExchange(ref _end, why, null);
        _outbox.Writer.TryComplete();
        foreach (var key in _waiting.Keys)
        {
            if (_waiting.TryRemove(key, out var waiting))
            {
                waiting.TrySetException(new WorkerLostException(_end));
            }
        }
    }

    /// <summary>Serves a stream until either side ends it.</summary>
    /// <exception cref="GrpcException">It is not our worker's, or breaks the protocol.</exception>
    public async Task ServeAsync(PipeReader reader, PipeWriter writer, CancellationToken cancellation)
    {
        var first = await GrpcFraming.ReadAsync(reader, cancellation);
        if (first?.StartStream?.WorkerId != workerId || Interlocked.Exchange(ref _streams, 1) != 0)
        {
            throw new GrpcException(GrpcStatus.Unauthenticated, "the stream must begin with StartStream and the worker's id, once");
        }

        _started.TrySetResult();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var sending = SendAsync(writer, end.Token);
        try
        {
            var receiving = ReceiveAsync(reader, end.Token);
            await await Task.WhenAny(receiving, sending);
        }
        finally
        {
            await end.CancelAsync();
            await sending.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            End("the worker ended its stream");
        }
    }

    private static string Key(string invocationId) => "invocation " + invocationId;

    private async Task<StreamingMessage> WaitAsync(string key, StreamingMessage message, CancellationToken cancellation)
    {
        var waiting = new TaskCompletionSource<StreamingMessage>(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting[key] = waiting;
        try
        {
            // Only after the entry is there: an end in between finds either the entry or the closed outbox.
            if (!_outbox.Writer.TryWrite(message))
            {
                throw new WorkerLostException(_end ?? "the worker ended its stream") { Reached = false };
            }

            return await waiting.Task.WaitAsync(cancellation);
        }
        finally
        {
            _waiting.TryRemove(key, out _);
        }
    }

    private async Task SendAsync(PipeWriter writer, CancellationToken cancellation)
    {
        while (await _outbox.Reader.WaitToReadAsync(cancellation))
        {
            while (_outbox.Reader.TryRead(out var message))
            {
                GrpcFraming.Write(message, writer);
                if (writer.CanGetUnflushedBytes && writer.UnflushedBytes > 64 * 1024)
                {
                    await writer.FlushAsync(cancellation);
                }
            }

            await writer.FlushAsync(cancellation);
        }
    }

    private async Task ReceiveAsync(PipeReader reader, CancellationToken cancellation)
    {
        while (await GrpcFraming.ReadAsync(reader, cancellation) is { } message)
        {
            switch (message.ContentCase)
            {
                case Content.RpcLog:
                    log(message.RpcLog);
                    break;
                case Content.InvocationResponse:
                    Answer(Key(message.InvocationResponse.InvocationId), message);
                    break;
                default:
                    Answer(message.RequestId, message);
                    break;
            }
        }
    }

    private void Answer(string key, StreamingMessage message)
    {
        if (_waiting.TryRemove(key, out var waiting))
        {
            waiting.TrySetResult(message);
        }
    }
}
