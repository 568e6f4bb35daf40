using System.Collections.Immutable;
using EdgeOperator.Core.Kinds.EdgeModule;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Manifests.Definitions;
using EdgeOperator.Core.Manifests.Nodes;
using EdgeOperator.Core.Manifests.Reading;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.State;

namespace EdgeOperator.Core.Kinds.VirtualMachine;

/// <summary>Virtual machines beside the host.</summary>
internal sealed class VirtualMachineKind : Kind
{
    public override string Name => KindNames.VirtualMachine;

    public override IReadOnlyList<string> ShortNames => ["vm"];

    internal override KindDefinition Definition => VirtualMachineDefinition.Kind;

    internal override Resource? Bind(ManifestBinding manifest)
    {
        if (manifest.Id.Name == VirtualMachineBinder.ReservedName)
            manifest.Problems.Add(manifest.Document.At("metadata", "name")!.Where, $"no VirtualMachine can be named {manifest.Id.Name}, which is where machines have their images", "choose another name");
        if (manifest.Id.Name == EngineTarget.Host)
            manifest.Problems.Add(manifest.Origin, $"no VirtualMachine can be named {EngineTarget.Host}, which stands for the device itself", "choose another name");
        var fields = manifest.Read(VirtualMachineJson.Default.VirtualMachineFields);
        return VirtualMachineBinder.Bind(fields, manifest.Spec, manifest.Files, manifest.File, manifest.Problems) is not { } machine ? null : new VirtualMachineResource
        {
            Id = manifest.Id,
            Origin = manifest.Origin,
            Machine = machine,
        };
    }

    internal override IEnumerable<DataReference> DataOf(MapNode spec) => (spec["provisioning"] as MapNode)?["files"] is ListNode files
        ? files.Items.OfType<MapNode>().Select(file => file["source"]).OfType<ScalarNode>().Select(source => new DataReference(source.Text, IsFolder: false))
        : [];

    internal override IEnumerable<Claim> ClaimsOf(Resource resource, MapNode? spec) => resource is VirtualMachineResource { Machine: { Power: MachinePower.Running } machine } && spec?["network"]?.HasVariable != true
        ? machine.Shape.Network.Forwards.Select(port => Claim.Port(port.Address, port.Host, port.Protocol, "port in network.forwards"))
        : [];

    internal override ObservedState ForSnapshot(ObservedState observed) => observed with
    {
        Machines = observed.Machines.ToImmutableSortedDictionary(machine => machine.Key, machine => WithoutNumbers(machine.Value), StringComparer.Ordinal),
    };

    internal override KindPlanner CreatePlanner(PlanningContext context) => new VirtualMachinePlanner(context);

    internal override ReadinessReport Assess(Resource resource, PlanningContext context) =>
        VirtualMachineReadiness.Assess((VirtualMachineResource)resource, context.Observed);

    // An image is compared by its hash, and its URL may have credentials.
    private static ObservedVirtualMachine WithoutNumbers(ObservedVirtualMachine machine) => machine with
    {
        WaitedForHost = TimeSpan.Zero,
        Detail = machine.Phase == MachinePhase.Booting ? null : machine.Detail,
        Applied = machine.Applied is { Image: { } image } applied ? applied with { Image = image with { Location = "" } } : machine.Applied,
        Guest = machine.Guest is { } guest ? guest with { Uptime = TimeSpan.Zero, MemoryAvailable = 0, DiskUsed = 0 } : null,
    };
}
