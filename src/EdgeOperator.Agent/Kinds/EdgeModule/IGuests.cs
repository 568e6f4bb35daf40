using EdgeOperator.Agent.Engine;
using EdgeOperator.Agent.Secrets;
using EdgeOperator.Core.Kinds.VirtualMachine;

namespace EdgeOperator.Agent.Kinds.EdgeModule;

/// <summary>Virtual machines' guests, as far as the modules inside of them need them.</summary>
public interface IGuests
{
    /// <summary>The container engine inside of a machine; null when it can't be reached now.</summary>
    EngineEndpoint? EngineOf(ObservedVirtualMachine machine);

    /// <summary>Connects to an address as it is seen from inside of a machine.</summary>
    /// <exception cref="IOException">Nobody listens there, or the machine can't be entered; the message says which.</exception>
    Task<Stream> ConnectAsync(ObservedVirtualMachine machine, string host, int port, CancellationToken cancellation);

    /// <summary>Files in the memory of a machine.</summary>
    IMemoryFiles MemoryOf(ObservedVirtualMachine machine);
}
