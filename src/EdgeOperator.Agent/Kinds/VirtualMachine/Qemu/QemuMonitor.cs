using System.Runtime.Versioning;
using EdgeOperator.Platform.Processes;
using EdgeOperator.Platform.Sockets;

namespace EdgeOperator.Agent.Kinds.VirtualMachine.Qemu;

/// <summary>The connection to one machine's monitor, opened at the first use and again after it was lost. QEMU serves one client at a time.</summary>
/// <param name="happened">Called with every event, in order; must return soon.</param>
/// <param name="isReadOnly">Use the read-only monitor where there is one: the agent has the other.</param>
[SupportedOSPlatform("linux")]
internal sealed class QemuMonitor(MachineFolder folder, Action<QmpEvent> happened, ProcessSupervisor supervisor, bool isReadOnly) : IAsyncDisposable
{
    /// <summary>QEMU greets at once, unless it serves another client: then it does not answer at all.</summary>
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim _gate = new(1, 1);
    private QmpClient? _client;
    private bool _isDisposed;

    /// <exception cref="IOException">It can't be reached, or the machine was removed.</exception>
    public async Task<QmpClient> ConnectAsync(CancellationToken cancellation)
    {
        await _gate.WaitAsync(cancellation);
        try
        {
            if (_client is { IsOpen: true } open)
                return open;
            await CloseAsync();
            return _isDisposed
                ? throw new IOException($"the machine {folder.Name} was removed")
                : _client = await QmpClient.ConnectAsync(Socket, happened, ConnectTimeout, cancellation, IsQemu);
        }
        finally
        {
            _gate.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _gate.WaitAsync();
        try
        {
            _isDisposed = true;
            await CloseAsync();
        }
        finally
        {
            _gate.Release();
        }
    }

    private string Socket => isReadOnly && File.Exists(folder.ReadOnlyQmp) ? folder.ReadOnlyQmp : folder.Qmp;

    /// <summary>QEMU may run as a user who could put another socket in the place of its own.</summary>
    private bool IsQemu(UnixPeer peer) => supervisor.Find(folder.Path)?.Id == peer.Process;

    private async Task CloseAsync()
    {
        if (_client is { } client)
            await client.DisposeAsync();
        _client = null;
    }
}
