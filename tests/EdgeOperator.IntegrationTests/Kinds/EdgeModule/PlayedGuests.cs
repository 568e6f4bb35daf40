using System.Net.Sockets;
using EdgeOperator.Agent.Engine;
using EdgeOperator.Agent.Kinds.EdgeModule;
using EdgeOperator.Agent.Kinds.VirtualMachine;
using EdgeOperator.Agent.Secrets;
using EdgeOperator.Core.Kinds.EdgeModule;
using EdgeOperator.Core.Kinds.VirtualMachine;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.State;

namespace EdgeOperator.IntegrationTests.Kinds.EdgeModule;

/// <summary>Machines that are no machines: their engines run on this one.</summary>
internal sealed class PlayedGuests : IGuests
{
    public const string Edge = "edge";

    /// <summary>By the machine's name, the path of its engine's socket; a machine without one is off.</summary>
    public Dictionary<string, string> Sockets { get; } = [];

    /// <summary>How engines are connected to; null for their sockets.</summary>
    public Func<Stream>? Engine { get; set; }

    /// <summary>How often somebody connected to a port inside of a machine.</summary>
    public int Connections { get; private set; }

    /// <summary>The machine <see cref="Edge"/>, as its driver would see it.</summary>
    public static ObservedState Observed { get; } = ObservedState.Nothing with
    {
        Machines = ObservedState.Nothing.Machines.Add(Edge, new() { Name = Edge, Driver = MachineDriver.Qemu }),
    };

    public EngineEndpoint? EngineOf(ObservedVirtualMachine machine) => Sockets.GetValueOrDefault(machine.Name) is not { } socket ? null
        : Engine is { } engine ? EngineEndpoint.OfProgram(socket, _ => Task.FromResult(engine()), IMachineDriver.Remedy(machine.Name))
        : new($"unix://{socket}", IMachineDriver.Remedy(machine.Name));

    public async Task<Stream> ConnectAsync(ObservedVirtualMachine machine, string host, int port, CancellationToken cancellation)
    {
        Connections++;
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(host, port, cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw new IOException(e.Message, e);
        }
    }

    public IMemoryFiles MemoryOf(ObservedVirtualMachine machine) => new NoMemoryFiles(machine.Driver);

    public static VirtualMachineResource Machine(string name = Edge) => new()
    {
        Id = new(KindNames.VirtualMachine, name),
        Origin = new("test.yaml", 1, 1),
        Machine = new(),
    };

    public static EdgeModuleResource Inside(EdgeModuleResource module, string machine = Edge) => module with
    {
        Container = module.Container with { Target = machine },
        DependsOn = [new(KindNames.VirtualMachine, machine)],
    };
}
