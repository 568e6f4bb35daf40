using EdgeOperator.Core.Kinds.FunctionApp;
using EdgeOperator.Core.Kinds.VirtualMachine;
using EdgeOperator.Core.Tests.Planning.Model;
using FsCheck;
using FsCheck.Fluent;

namespace EdgeOperator.Core.Tests.Planning;

/// <summary>Where a device ends up, whatever happens on the way.</summary>
public class ConvergenceProperties
{
    [Fact]
    public void A_device_converges_on_every_revision_and_then_has_nothing_left_to_do() =>
        Prop.ForAll(Scenario.Any, scenario =>
        {
            var agent = Agent();
            foreach (var revision in scenario.Revisions)
            {
                agent.Push(revision);
                agent.Converge();
            }

            HasNoDuplicates(agent);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_device_whose_agent_is_killed_again_and_again_ends_up_the_same() =>
        Prop.ForAll(Scenario.Any, Gen.Choose(0, 12).ListOf(6).ToArbitrary(), (scenario, kills) =>
        {
            var (calm, killed) = (Agent(), Agent());
            foreach (var revision in scenario.Revisions)
            {
                calm.Push(revision);
                calm.Converge();
                killed.Push(revision);
                foreach (var limit in kills)
                    killed.Pass(limit);
                killed.Converge();
            }

            killed.Ledger.LastGood.Should().Be(calm.Ledger.LastGood);
            if (killed.Ledger.LastGood is not null)
                End(killed).Should().BeEquivalentTo(End(calm));
            HasNoDuplicates(killed);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_device_on_which_steps_fail_for_a_while_ends_up_without_leftovers() =>
        Prop.ForAll(Scenario.Any, Gen.Choose(0, 1000).ToArbitrary(), (scenario, seed) =>
        {
            var agent = Agent();
            var random = new Random(seed);
            foreach (var revision in scenario.Revisions)
            {
                agent.Push(revision);
                agent.Fails = _ => random.Next(3) == 0;
                for (var pass = 0; pass < 4; pass++)
                    agent.Pass();
                agent.Fails = null;
                agent.Converge();
            }

            HasNoDuplicates(agent);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_revision_that_replaces_one_under_way_leaves_nothing_of_it_behind() =>
        Prop.ForAll(Scenario.Any, Gen.Choose(0, 3).ListOf(4).ToArbitrary(), (scenario, passes) =>
        {
            var agent = Agent();
            foreach (var (revision, count) in scenario.Revisions.Zip(passes))
            {
                agent.Push(revision);
                for (var pass = 0; pass < count; pass++)
                    agent.Pass();
            }

            agent.Converge();
            HasNoDuplicates(agent);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_device_whose_machines_are_lost_on_the_way_ends_up_without_leftovers() =>
        Prop.ForAll(Scenario.Any, Gen.Elements("p", "q", "none").ListOf(6).ToArbitrary(), (scenario, losses) =>
        {
            var agent = Agent();
            foreach (var revision in scenario.Revisions)
            {
                agent.Push(revision);
                foreach (var machine in losses)
                {
                    agent.Pass();
                    agent.Device.Machines.Kill(machine);
                }

                agent.Converge();
            }

            HasNoDuplicates(agent);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_device_whose_sources_are_lost_stays_as_it_is() => StaysAsItIs(agent =>
    {
        agent.LoseSources();
        agent.Pass();
    });

    [Fact]
    public void Machines_that_are_lost_come_back_as_they_were() => StaysAsItIs(agent =>
    {
        agent.Device.Machines.Kill("p");
        agent.Device.Machines.Kill("q");
        agent.Converge();
    });

    /// <param name="happens">To a device that has settled at a good revision.</param>
    private static void StaysAsItIs(Action<ModelAgent> happens) =>
        Prop.ForAll(Scenario.Any, scenario =>
        {
            var agent = Agent();
            foreach (var revision in scenario.Revisions)
            {
                agent.Push(revision);
                agent.Converge();
            }

            if (agent.Ledger.LastGood is null)
                return;
            var before = End(agent);
            happens(agent);
            End(agent).Should().BeEquivalentTo(before);
        }).QuickCheckThrowOnFailure();

    private static ModelAgent Agent()
    {
        var agent = new ModelAgent(Scenario.NewDevice());
        agent.Planned = (_, inventory, plan) => PlanInvariants.Check(plan, agent.Device.Observe(), inventory);
        return agent;
    }

    private static void HasNoDuplicates(ModelAgent agent)
    {
        if (agent.Ledger.LastGood is not { } good)
            return;
        var desired = agent.Revision(good);
        foreach (var (target, engine) in agent.Device.Engines)
        {
            engine.Containers.Where(container => container.IsOwned).Select(container => (container.Name, container.SpecHash)).Should().BeEquivalentTo(
                desired.Modules.Where(module => module.Container.Target == target).Select(module => (module.Container.Name, (string?)module.SpecHash)));
        }

        agent.Device.Apps.Observe().Values.Where(app => app.Phase != AppHostPhase.Stopped).Select(app => (app.Name, app.Report!.Serving))
            .Should().BeEquivalentTo(desired.Apps.Select(app => (app.Id.Name, (string?)app.SpecHash)));
        agent.Device.Apps.Observe().Values.Should().NotContain(app => app.Packages.Length > 2 || !desired.Resources.ContainsKey(Given.AppId(app.Name)));
        agent.Device.Machines.Observe().Values.Where(machine => machine.Phase == MachinePhase.Running).Select(machine => (machine.Name, machine.Applied!.Image, machine.Applied.Cpus))
            .Should().BeEquivalentTo(desired.Machines.Where(machine => machine.Machine.Power == MachinePower.Running)
                .Select(machine => (machine.Id.Name, machine.Machine.Shape.Image, machine.Machine.Shape.Cpus)));
        agent.Device.Machines.Observe().Values.Where(machine => machine.Applied is not null).Select(machine => machine.Name).Should().BeSubsetOf(desired.Machines.Select(machine => machine.Id.Name));
        agent.Device.Containers.Should().ContainSingle(container => !container.IsOwned).Which.Should().Be(Given.Foreign("theirs"));
    }

    private static List<object> End(ModelAgent agent) =>
    [
        .. agent.Device.Engines.SelectMany(place => place.Engine.Containers.Where(container => container.IsOwned)
            .Select(container => (place.Target, container.Name, container.SpecHash, container.Phase, container.Health))),
        .. agent.Device.Guests.SelectMany(guest => guest.Engine.Networks.Select(network => (guest.Machine, network))),
        .. agent.Device.Apps.Observe().Values.Select(app => (app.Name, app.Phase, app.User, app.Report?.Serving, app.Report?.Wanted)),
        .. agent.Device.Machines.Observe().Values.Where(machine => machine.Phase != MachinePhase.Stopped)
            .Select(machine => (machine.Name, machine.Phase, machine.Applied!.Image, machine.Applied.Cpus, machine.Guest?.Provisioned)),
        .. agent.Device.Networks,
        .. agent.Device.Files.Values.Select(file => (file.Path, file.ContentHash, file.WrittenFor)),
    ];
}
