using EdgeOperator.Core.Manifests;

namespace EdgeOperator.Core.Kinds.VirtualMachine;

/// <summary>A virtual machine beside the host.</summary>
public sealed record VirtualMachineResource : Resource
{
    public required VirtualMachineSpec Machine { get; init; }

    /// <summary>An operator has stopped it, though its manifest has it run.</summary>
    internal bool IsStoppedByOperator { get; init; }

    public override Resource? ToStopped() => Machine.Power == MachinePower.Stopped ? this : this with { Machine = Machine with { Power = MachinePower.Stopped }, IsStoppedByOperator = true };

    public override string SpecHash => Machine.Hash;
}
