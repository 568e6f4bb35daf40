using System.Collections.Concurrent;

namespace EdgeOperator.Agent.Drivers.Functions;

/// <summary>A client for each app's host, kept so that its connection is.</summary>
internal sealed class HostClients : IDisposable
{
    private readonly ConcurrentDictionary<string, HostClient> _clients = new();

    public HostClient Of(AppFolder app) => _clients.GetOrAdd(app.Socket, socket => new(socket));

    public void Dispose()
    {
        foreach (var client in _clients.Values)
            client.Dispose();
    }
}
