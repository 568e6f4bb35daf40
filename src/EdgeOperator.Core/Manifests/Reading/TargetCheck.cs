using System.Collections.Immutable;
using EdgeOperator.Core.Kinds.EdgeModule;
using EdgeOperator.Core.Manifests.Schema;

namespace EdgeOperator.Core.Manifests.Reading;

/// <summary>Whether the virtual machines are there that modules are to run in.</summary>
internal static class TargetCheck
{
    /// <param name="targets">Modules that name one, and where they do.</param>
    public static void Run(
        IEnumerable<(EdgeModuleResource Module, Position Where)> targets, ImmutableSortedDictionary<ResourceId, Resource> resources, RenderContext context, ProblemCollector problems)
    {
        if (resources.GetValueOrDefault(new(KindNames.VirtualMachine, EngineTarget.Host)) is { } reserved)
            problems.Add(reserved.Origin, $"no VirtualMachine can be named {EngineTarget.Host}, which stands for the device itself", "choose another name");

        foreach (var (module, where) in targets)
        {
            if (EngineTarget.MachineOf(module.Container.Target) is not { } machine || resources.ContainsKey(machine))
                continue;
            var close = Spelling.Closest(machine.Name, resources.Keys.Where(id => id.Kind == KindNames.VirtualMachine).Select(id => id.Name));
            var fix = close is null ? $"add it, or write `{EngineTarget.Host}` for the device's own engine" : $"did you mean `{close}`?";

            // Which machines some device has is known for none but a given one.
            if (context.Device is null)
                problems.Warn(where, $"{module.Id} is to run in {machine}, which is not among these manifests", fix);
            else
                problems.Add(where, $"{module.Id} is to run in {machine}, which this device is not to have", fix);
        }
    }
}
