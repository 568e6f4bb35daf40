using EdgeOperator.Core.Manifests;

namespace EdgeOperator.Core.Kinds.EdgeModule;

/// <summary>Whose container engine runs a module: the host's, or that inside of a virtual machine, by the machine's name.</summary>
public static class EngineTarget
{
    public const string Host = "host";

    /// <summary>The machine; null for the host.</summary>
    public static ResourceId? MachineOf(string target) => target == Host ? null : new(KindNames.VirtualMachine, target);

    /// <summary>For messages: where what is not on the engine is missing.</summary>
    internal static string Place(string target) => MachineOf(target) is { } machine ? $"in {machine}" : "on the device";

    /// <summary>Ends the name of a thing on an engine: empty for the host, else <c> on NAME</c>.</summary>
    internal static string Suffix(string target) => target == Host ? "" : $" on {target}";
}
