using System.Collections.Concurrent;
using System.Runtime.Versioning;
using EdgeOperator.Platform.Processes;
using EdgeOperator.Platform.Sockets;

namespace EdgeOperator.Agent.Kinds.VirtualMachine.Qemu;

/// <summary>A connection to each machine's monitor, made anew when it is lost. QEMU serves one client at a time.</summary>
/// <param name="happened">Told of every event with the machine's name.</param>
/// <param name="isReadOnly">Take the read-only monitor where there is one: the agent has the other.</param>
[SupportedOSPlatform("linux")]
internal sealed class QmpClients(Action<string, QmpEvent> happened, ProcessSupervisor supervisor, bool isReadOnly) : IAsyncDisposable
{
    /// <summary>A machine that works answers at once; whoever finds another client there gets no answer, and should not wait long.</summary>
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<string, Line> _lines = new();

    /// <exception cref="IOException">It can't be reached.</exception>
    public async Task<QmpClient> OfAsync(MachineFolder machine, CancellationToken cancellation)
    {
        var line = _lines.GetOrAdd(machine.Name, _ => new());
        await line.Gate.WaitAsync(cancellation);
        try
        {
            if (line.Client is { IsOpen: true } open)
                return open;
            await line.EndAsync();
            return line.Client = await QmpClient.ConnectAsync(
                SocketOf(machine), e => happened(machine.Name, e), ConnectTimeout, cancellation, peer => IsQemu(peer, machine));
        }
        finally
        {
            line.Gate.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var line in _lines.Values)
            await line.EndAsync();
    }

    /// <summary>QEMU may run as a user who could put another socket in the place of its own.</summary>
    private bool IsQemu(UnixPeer peer, MachineFolder machine) => supervisor.Find(machine.Path)?.Id == peer.Process;

    private string SocketOf(MachineFolder machine) => isReadOnly && File.Exists(machine.ReadOnlyQmp) ? machine.ReadOnlyQmp : machine.Qmp;

    private sealed class Line
    {
        public SemaphoreSlim Gate { get; } = new(1, 1);

        public QmpClient? Client { get; set; }

        public async ValueTask EndAsync()
        {
            if (Client is { } client)
                await client.DisposeAsync();
            Client = null;
        }
    }
}
