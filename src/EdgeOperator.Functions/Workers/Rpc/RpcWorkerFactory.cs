using EdgeOperator.Functions.App;
using EdgeOperator.Functions.Invoking;

namespace EdgeOperator.Functions.Workers.Rpc;

/// <summary>Workers of any language that come with a <c>worker.config.json</c>.</summary>
public sealed class RpcWorkerFactory(EventStreamServer server, string temporaryFolder, IInvocationLog log, TimeProvider time) : IWorkerFactory
{
    public IWorker Create(FunctionApp app, int number) => new RpcWorker(app, server, temporaryFolder, log, time);
}
