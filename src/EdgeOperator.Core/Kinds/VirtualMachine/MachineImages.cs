using EdgeOperator.Core.Planning;

namespace EdgeOperator.Core.Kinds.VirtualMachine;

/// <summary>Fetched images that no machine needs any more. Machines share their images, so no machine alone can tell.</summary>
internal sealed class MachineImages(PlanningContext context)
{
    /// <param name="orphans">Machines that this plan removes.</param>
    public IEnumerable<RemoveMachineImage> Unused(IReadOnlyCollection<ObservedVirtualMachine> orphans)
    {
        // A revision that is being fetched needs what nothing names yet.
        if (context.Inventory.IsFetchingNext)
            yield break;
        var machines = context.Observed.Machines.Values;
        var used = context.Desired.Machines.Select(machine => machine.Machine.Shape.Image?.Sha256)
            .Concat(machines.Where(machine => !orphans.Contains(machine)).Select(ImageOf))
            .ToHashSet(StringComparer.Ordinal);
        foreach (var image in machines.SelectMany(machine => machine.Images).Where(image => !used.Contains(image)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            var last = orphans.Where(machine => ImageOf(machine) == image).Select(VirtualMachinePlanner.IdOf).ToList();
            var holder = last.Count > 0 ? last[0] : VirtualMachinePlanner.IdOf(machines.First(machine => machine.Images.Contains(image)));
            yield return new(holder, "no machine is made from it any more", image)
            {
                Requires = [.. last.Select(id => new RemoveMachine(id, "").Id)],
            };
        }
    }

    private static string? ImageOf(ObservedVirtualMachine machine) => machine.Applied?.Image?.Sha256;
}
