using System.Collections.Concurrent;
using System.Threading.Channels;
using EdgeOperator.Functions.Workers.Rpc.Messages;
using Grpc.Core;
using Content = EdgeOperator.Functions.Workers.Rpc.Messages.StreamingMessage.ContentOneofCase;

namespace EdgeOperator.Functions.Workers.Rpc;

/// <summary>
/// The conversation with one worker. Answers are paired with requests by their kind and the function or invocation they
/// are about: the request id is no use, since the Python worker answers under the one of its command line.
/// </summary>
/// <param name="workerId">Known to the host and its worker alone.</param>
/// <param name="log">Gets the worker's log lines.</param>
internal sealed class RpcSession(string workerId, Action<RpcLog> log)
{
    private const int FlushSize = 64 * 1024;

    private readonly Channel<StreamingMessage> _outbox = Channel.CreateUnbounded<StreamingMessage>(new() { SingleReader = true });
    private readonly ConcurrentDictionary<(Content Kind, string Subject), TaskCompletionSource<StreamingMessage>> _waiting = new();
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile StreamConnection? _connection;
    private string? _end;

    public string WorkerId => workerId;

    /// <summary>Completes once the worker has connected.</summary>
    public Task Started => _started.Task;

    /// <exception cref="WorkerLostException"/>
    public async Task<WorkerInitResponse> InitializeAsync(WorkerInitRequest request, CancellationToken cancellation) =>
        (await AskAsync(new() { WorkerInitRequest = request }, Content.WorkerInitResponse, "", cancellation)).WorkerInitResponse;

    /// <exception cref="WorkerLostException"/>
    public async Task<FunctionMetadataResponse> IndexAsync(FunctionsMetadataRequest request, CancellationToken cancellation) =>
        (await AskAsync(new() { FunctionsMetadataRequest = request }, Content.FunctionMetadataResponse, "", cancellation)).FunctionMetadataResponse;

    /// <summary>Asks for one answer for each of several functions; workers are free to answer one by one or all at once.</summary>
    /// <exception cref="WorkerLostException"/>
    public async Task<FunctionLoadResponse[]> LoadAsync(IReadOnlyCollection<FunctionLoadRequest> requests, bool together, CancellationToken cancellation)
    {
        IEnumerable<StreamingMessage> messages = together
            ? [new() { FunctionLoadRequestCollection = new() { FunctionLoadRequests = { requests } } }]
            : requests.Select(r => new StreamingMessage { FunctionLoadRequest = r });
        var answers = requests.Select(r => WaitAsync(Content.FunctionLoadResponse, r.FunctionId, cancellation)).ToArray();
        foreach (var message in messages)
        {
            TrySend(message);
        }

        return [.. (await Task.WhenAll(answers)).Select(a => a.FunctionLoadResponse)];
    }

    /// <exception cref="WorkerLostException"/>
    public async Task<InvocationResponse> InvokeAsync(InvocationRequest request, CancellationToken cancellation) =>
        (await AskAsync(new() { InvocationRequest = request }, Content.InvocationResponse, request.InvocationId, cancellation)).InvocationResponse;

    /// <summary>Sends what is not answered.</summary>
    /// <returns>False when the stream has ended.</returns>
    public bool TrySend(StreamingMessage message)
    {
        message.RequestId = Guid.NewGuid().ToString();
        return _outbox.Writer.TryWrite(message);
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

    /// <summary>Serves a stream, from after its StartStream until either side ends it.</summary>
    public async Task ServeAsync(
        IAsyncStreamReader<StreamingMessage> reader, IServerStreamWriter<StreamingMessage> writer, StreamConnection connection, CancellationToken cancellation)
    {
        _connection = connection;
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

    private Task<StreamingMessage> AskAsync(StreamingMessage message, Content kind, string subject, CancellationToken cancellation)
    {
        var answer = WaitAsync(kind, subject, cancellation);
        // Only after the entry is there: an end in between finds either the entry or the closed outbox.
        return _connection?.IsOpen() != false && TrySend(message) ? answer : NotReachedAsync(answer);
    }

    private async Task<StreamingMessage> NotReachedAsync(Task<StreamingMessage> answer)
    {
        End("the worker ended its stream");
        await answer.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        throw new WorkerLostException(_end!) { Reached = false, IsGone = true };
    }

    private async Task<StreamingMessage> WaitAsync(Content kind, string subject, CancellationToken cancellation)
    {
        var waiting = new TaskCompletionSource<StreamingMessage>(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting[(kind, subject)] = waiting;
        try
        {
            return await waiting.Task.WaitAsync(cancellation);
        }
        finally
        {
            _waiting.TryRemove((kind, subject), out _);
        }
    }

    // Flushed only where nothing more waits: many calls at once share a write to the socket.
    private async Task SendAsync(IServerStreamWriter<StreamingMessage> writer, CancellationToken cancellation)
    {
        var (flushing, buffering) = (new WriteOptions(), new WriteOptions(WriteFlags.BufferHint));
        var unflushed = 0;
        while (await _outbox.Reader.WaitToReadAsync(cancellation))
        {
            while (_outbox.Reader.TryRead(out var message))
            {
                unflushed += message.CalculateSize();
                var buffers = unflushed < FlushSize && _outbox.Reader.TryPeek(out _);
                writer.WriteOptions = buffers ? buffering : flushing;
                await writer.WriteAsync(message, cancellation);
                unflushed = buffers ? unflushed : 0;
            }
        }
    }

    private async Task ReceiveAsync(IAsyncStreamReader<StreamingMessage> reader, CancellationToken cancellation)
    {
        while (await reader.MoveNext(cancellation))
        {
            Take(reader.Current);
        }
    }

    private void Take(StreamingMessage message)
    {
        switch (message.ContentCase)
        {
            case Content.RpcLog:
                log(message.RpcLog);
                break;
            case Content.InvocationResponse:
                Answer(message, message.InvocationResponse.InvocationId);
                break;
            case Content.FunctionLoadResponse:
                Answer(message, message.FunctionLoadResponse.FunctionId);
                break;
            case Content.FunctionLoadResponseCollection:
                foreach (var answer in message.FunctionLoadResponseCollection.FunctionLoadResponses)
                {
                    Answer(new() { FunctionLoadResponse = answer }, answer.FunctionId);
                }

                break;
            default:
                Answer(message, "");
                break;
        }
    }

    private void Answer(StreamingMessage message, string subject)
    {
        if (_waiting.TryRemove((message.ContentCase, subject), out var waiting))
        {
            waiting.TrySetResult(message);
        }
    }
}
