using System.Net;

namespace EdgeOperator.Functions.Workers.Forwarding;

/// <summary>Connections to a worker that wait for a request; the one used last goes first, so that the rest may age.</summary>
internal sealed class ConnectionPool(EndPoint endpoint) : IDisposable
{
    private const int MaxIdle = 256;

    private readonly Stack<WorkerConnection> _idle = new();
    private readonly Lock _lock = new();
    private bool _disposed;

    public ValueTask<WorkerConnection> RentAsync(CancellationToken cancellation)
    {
        while (TryPop() is { } connection)
        {
            if (connection.IsQuiet)
            {
                return new(connection);
            }

            connection.Dispose();
        }

        return OpenAsync(cancellation);
    }

    /// <summary>For a request that must not meet a connection which the worker is about to close.</summary>
    public async ValueTask<WorkerConnection> OpenAsync(CancellationToken cancellation) => await WorkerConnection.OpenAsync(endpoint, cancellation);

    public void Return(WorkerConnection connection)
    {
        connection.Rest();
        lock (_lock)
        {
            if (!_disposed && _idle.Count < MaxIdle)
            {
                _idle.Push(connection);
                return;
            }
        }

        connection.Dispose();
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            while (_idle.TryPop(out var connection))
            {
                connection.Dispose();
            }
        }
    }

    private WorkerConnection? TryPop()
    {
        lock (_lock)
        {
            return _idle.TryPop(out var connection) ? connection : null;
        }
    }
}
