using EdgeOperator.Core.Kinds.VirtualMachine;
using EdgeOperator.Core.Manifests;

namespace EdgeOperator.Agent.Tests.Kinds.VirtualMachine.Windows;

internal static class GivenMachine
{
    public static VirtualMachineResource Of(VirtualMachineSpec spec, string name = "edge") => new()
    {
        Id = new(KindNames.VirtualMachine, name),
        Origin = new("vm.yaml", 1, 1),
        Machine = spec,
    };
}
