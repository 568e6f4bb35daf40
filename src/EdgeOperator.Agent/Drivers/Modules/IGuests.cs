namespace EdgeOperator.Agent.Drivers.Modules;

/// <summary>The way into the virtual machines beside the host, as far as the modules inside of them need it.</summary>
public interface IGuests
{
    /// <summary>Where the container engine inside of a machine is reached: a Unix socket's path; null when it can't be now.</summary>
    string? EngineSocketOf(string machine);

    /// <summary>Connects to an address as it is seen from inside of a machine.</summary>
    /// <exception cref="IOException">Nobody listens there, or the machine can't be entered; the message says which.</exception>
    Task<Stream> ConnectAsync(string machine, string host, int port, CancellationToken cancellation);
}
