using EdgeOperator.Functions.App;
using EdgeOperator.Functions.Invoking;
using EdgeOperator.Functions.Workers.Processes;

namespace EdgeOperator.Functions.Workers.Node;

/// <param name="Script">The worker's script.</param>
/// <param name="RequestSocket">Where the worker listens for clients' requests.</param>
/// <param name="ControlSocket">Where it listens for the host's own calls.</param>
internal sealed record NodeWorkerPaths(string Script, string RequestSocket, string ControlSocket, string TemporaryFolder);

/// <param name="temporaryFolder">The app's own; holds sockets, so its path should be short.</param>
public sealed class NodeWorkerFactory(string temporaryFolder, IInvocationLog log, TimeProvider time) : IWorkerFactory
{
    private readonly Lazy<string> _script = new(() => NodeScript.WriteTo(temporaryFolder));

    public IWorker Create(FunctionApp app, int number) =>
        new NodeWorker(app, new(_script.Value, SocketPath.In(temporaryFolder, $"node-{number}r"), SocketPath.In(temporaryFolder, $"node-{number}c"), temporaryFolder), log, time);
}
