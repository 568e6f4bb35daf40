namespace EdgeOperator.Agent.Kinds.EdgeModule;

/// <summary>The way into the virtual machines beside the host, as far as the modules inside of them need it.</summary>
public interface IGuests
{
    /// <summary>
    /// Where the container engine inside of a machine is reached: a Unix socket's path, or what else names the way, another name being
    /// another engine; null when it can't be reached now.
    /// </summary>
    string? EngineSocketOf(string machine);

    /// <summary>Connects to that engine.</summary>
    /// <exception cref="IOException">It can't be reached.</exception>
    /// <exception cref="System.Net.Sockets.SocketException">Nobody listens there.</exception>
    Task<Stream> ConnectEngineAsync(string machine, CancellationToken cancellation);

    /// <summary>Connects to an address as it is seen from inside of a machine.</summary>
    /// <exception cref="IOException">Nobody listens there, or the machine can't be entered; the message says which.</exception>
    Task<Stream> ConnectAsync(string machine, string host, int port, CancellationToken cancellation);
}
