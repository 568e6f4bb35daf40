using EdgeOperator.Functions.App;
using EdgeOperator.Functions.Invoking;

namespace EdgeOperator.Functions.Workers.Node;

/// <param name="Script">The worker's script.</param>
/// <param name="RequestSocket">Where the worker listens for clients' requests.</param>
/// <param name="ControlSocket">Where it listens for the host's own calls.</param>
internal sealed record NodePlace(string Script, string RequestSocket, string ControlSocket, string TemporaryFolder);

/// <param name="temporaryFolder">The app's own; holds sockets, so its path should be short.</param>
public sealed class NodeWorkerFactory(string temporaryFolder, IInvocationLog log, TimeProvider time) : IWorkerFactory
{
    /// <summary>What a Unix socket's path may be on Linux, its end included.</summary>
    private const int LongestSocketPath = 107;

    private readonly Lazy<string> _script = new(() => NodeScript.WriteTo(temporaryFolder));

    public IWorker Create(FunctionApp app, int number) =>
        new NodeWorker(app, new(_script.Value, SocketPath(number, 'r'), SocketPath(number, 'c'), temporaryFolder), log, time);

    private string SocketPath(int number, char kind)
    {
        var name = $"node-{number}{kind}-{Guid.NewGuid():N}"[..^20] + ".sock";
        var path = Path.Combine(temporaryFolder, name);
        return path.Length <= LongestSocketPath ? path : Path.Combine(Path.GetTempPath(), $"edgeop-{name}");
    }
}
