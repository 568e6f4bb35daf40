using System.Collections.Concurrent;
using EdgeOperator.Functions.Workers.Rpc.Messages;
using Grpc.Core;
using Microsoft.AspNetCore.Connections.Features;
using RpcException = Grpc.Core.RpcException;

namespace EdgeOperator.Functions.Workers.Rpc;

/// <summary>The protocol's one gRPC method. Each stream belongs to the session whose worker id its first message has.</summary>
internal sealed class FunctionRpcService : FunctionRpc.FunctionRpcBase
{
    private readonly ConcurrentDictionary<string, RpcSession> _sessions = new(StringComparer.Ordinal);

    public void Accept(RpcSession session) => _sessions[session.WorkerId] = session;

    public void Forget(RpcSession session) => _sessions.TryRemove(session.WorkerId, out _);

    public override async Task EventStream(
        IAsyncStreamReader<StreamingMessage> requestStream, IServerStreamWriter<StreamingMessage> responseStream, ServerCallContext context)
    {
        // A session has one stream: the id, which only the host and its worker know, is good for one.
        if (!await requestStream.MoveNext(context.CancellationToken)
            || requestStream.Current.StartStream is not { } start
            || !_sessions.TryRemove(start.WorkerId, out var session))
        {
            throw new RpcException(new(StatusCode.Unauthenticated, "the stream must begin with StartStream and the worker's id, once"));
        }

        try
        {
            var connection = new StreamConnection(context.GetHttpContext().Features.Get<IConnectionSocketFeature>()?.Socket);
            await session.ServeAsync(requestStream, responseStream, connection, context.CancellationToken);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            throw new RpcException(new(StatusCode.Cancelled, "the stream was cut"));
        }
    }
}
