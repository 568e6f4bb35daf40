using EdgeOperator.Core.Manifests;

namespace EdgeOperator.Core.Kinds.VirtualMachine;

/// <summary>A virtual machine beside the host.</summary>
public sealed record VirtualMachineResource : Resource
{
    public required VirtualMachineSpec Machine { get; init; }

    public override string SpecHash => Machine.Hash;
}
