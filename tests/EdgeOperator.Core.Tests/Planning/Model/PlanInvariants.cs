using System.Collections.Immutable;
using EdgeOperator.Core.Kinds.ConfigFile;
using EdgeOperator.Core.Kinds.EdgeModule;
using EdgeOperator.Core.Kinds.FunctionApp;
using EdgeOperator.Core.Kinds.VirtualMachine;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.State;

namespace EdgeOperator.Core.Tests.Planning.Model;

/// <summary>What holds for every plan whatever.</summary>
internal sealed class PlanInvariants(Plan plan, ObservedState observed, Inventory inventory)
{
    public static void Check(Plan plan, ObservedState observed, Inventory inventory)
    {
        var invariants = new PlanInvariants(plan, observed, inventory);
        invariants.IsSorted();
        invariants.IsLinear();
        invariants.NamesOnlyWhatIsOwned();
        invariants.ActsOnlyWhereSomebodyAnswers();
        if (inventory.Committed)
            return;
        invariants.ChangesNothingBeforeAllIsFetched();
        invariants.KeepsTheLastGood();
    }

    private ImmutableSortedDictionary<string, ObservedEngine> Engines => observed.GuestEngines.Add(EngineTarget.Host, observed.Engine);

    private void IsSorted()
    {
        var seen = new HashSet<string>();
        foreach (var step in plan.Steps)
            Must(seen.IsSupersetOf(step.Requires.Concat(step.After)) && seen.Add(step.Id), $"{step.Id} comes before what it waits for, or twice");
        Must(plan.Blocked.DistinctBy(hold => hold.Resource).Count() == plan.Blocked.Length, "a resource is held twice");
    }

    /// <summary>A dependency is paid for by the resource that has it, all else by the step that an edge comes from.</summary>
    private void IsLinear()
    {
        var edges = plan.Steps.Sum(step => step.Requires.Length + step.After.Length);
        Must(edges <= 8 * plan.Steps.Length, $"there are {edges} edges between {plan.Steps.Length} steps");
    }

    private void NamesOnlyWhatIsOwned()
    {
        var owners = Engines.Values.SelectMany(engine => engine.Containers).ToDictionary(container => container.Id, container => container.Resource);
        foreach (var step in plan.Steps)
        {
            Must(step is not ContainerStep { ContainerId: { } id } || owners[id] == step.Resource, $"{step.Id} acts on what is not its own");
            Must(step is not RemoveNetwork network || Engines[step.Target].OwnedNetworks.Contains(network.Network), $"{step.Id} is not owned");
            Must(step is not RemoveImage image || inventory.CollectableOn(step.Target).Contains(image.ImageId), $"{step.Id} is not owned");
            Must(step is not RemoveGeneration package || observed.Apps[package.Resource.Name].Packages.Contains(package.Package), $"{step.Id} is not there");
            Must(step is not RemoveMachine machine || observed.Machines.ContainsKey(machine.Resource.Name), $"{step.Id} is not there");
            Must(step is not RemoveMachineImage unused || observed.Machines.Values.Any(holder => holder.Images.Contains(unused.Sha256)), $"{step.Id} is not there");
            Must(step is not RestoreFile file || observed.Files[file.Path].WrittenFor is not null, $"{step.Id} was not written by the agent");
        }
    }

    private void ActsOnlyWhereSomebodyAnswers()
    {
        foreach (var step in plan.Steps.Where(step => step.Target != EngineTarget.Host))
            Must(Engines.GetValueOrDefault(step.Target) is { Unavailable: null }, $"{step.Id} is for an engine that does not answer");
        foreach (var machine in plan.Steps.OfType<StopMachine>().Where(stop => !plan.Steps.OfType<StartMachine>().Any(start => start.Resource == stop.Resource)))
            Must(plan.Steps.All(step => step.Target != machine.Resource.Name), $"{machine.Id} takes with it what steps are still for");
    }

    /// <summary>What a machine's engine lacks is only waited for by what needs it there.</summary>
    private void ChangesNothingBeforeAllIsFetched()
    {
        var pulls = plan.Fetches.Where(pull => pull.Target == EngineTarget.Host).Select(pull => pull.Id).ToHashSet();
        var inside = plan.Fetches.Where(pull => pull.Target != EngineTarget.Host).ToLookup(pull => pull.Resource, pull => pull.Id);
        var waits = new Dictionary<string, HashSet<string>>();
        foreach (var step in plan.Steps)
        {
            HashSet<string> all = [.. step.Requires.Concat(step.After).SelectMany(id => waits[id].Append(id))];
            waits.Add(step.Id, all);
            Must(step is Fetch or Milestone or AwaitReady || (all.IsSupersetOf(pulls) && all.IsSupersetOf(step is CreateContainer ? inside[step.Resource] : [])), $"{step.Id} may run before everything is fetched");
        }
    }

    private void KeepsTheLastGood()
    {
        Must(!plan.Steps.OfType<RemoveGeneration>().Any(), "a package is removed before the revision is committed");
        Must(!plan.Steps.Any(step => step is RemoveMachine or RemoveMachineImage), "a machine or its image is removed before the revision is committed");
        var removed = plan.Steps.OfType<RemoveContainer>().Select(step => step.ContainerId).ToHashSet();
        var good = Engines.Values.SelectMany(engine => engine.Containers)
            .Where(container => container.Phase is not (ContainerPhase.Dead or ContainerPhase.Removing))
            .Where(container => container.Resource is { } owner && inventory.LastGood.GetValueOrDefault(owner) == container.SpecHash);
        foreach (var module in good.GroupBy(container => container.Resource))
            Must(module.Any(container => !removed.Contains(container.Id)), $"nothing is left of {module.Key} for a roll-back");
    }

    private void Must(bool holds, string otherwise)
    {
        if (!holds)
            Assert.Fail($"{otherwise}, in\n{PlanText.Render(plan)}");
    }
}
