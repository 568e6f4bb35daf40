using System.Collections.Concurrent;
using System.Runtime.Versioning;
using EdgeOperator.Platform.Processes;

namespace EdgeOperator.Agent.Kinds.FunctionApp;

/// <summary>A client for each app's host, kept so that its connection is.</summary>
[SupportedOSPlatform("linux")]
internal sealed class HostClients(ProcessSupervisor supervisor) : IDisposable
{
    private readonly ConcurrentDictionary<string, HostClient> _clients = new();

    public HostClient Of(AppFolder app) => _clients.GetOrAdd(app.Socket, socket => new(socket, () => supervisor.Find(app.Path)?.Id));

    public void Dispose()
    {
        foreach (var client in _clients.Values)
            client.Dispose();
    }
}
