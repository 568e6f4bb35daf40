using EdgeOperator.Core.Manifests;

namespace EdgeOperator.Agent.Tests.Drivers.Machines.Windows;

internal static class GivenMachine
{
    public static VirtualMachineResource Of(VirtualMachineSpec spec, string name = "edge") => new()
    {
        Id = new(Kinds.VirtualMachine, name),
        Origin = new("vm.yaml", 1, 1),
        Machine = spec,
    };
}
