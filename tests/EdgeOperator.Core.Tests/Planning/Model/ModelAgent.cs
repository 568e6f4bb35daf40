using System.Collections.Immutable;
using EdgeOperator.Core.Kinds;
using EdgeOperator.Core.Kinds.EdgeModule;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.State;

namespace EdgeOperator.Core.Tests.Planning.Model;

/// <summary>The agent's loop without its surroundings: chooses, fetches, plans, executes and judges on a model device.</summary>
internal sealed class ModelAgent(ModelDevice device)
{
    public static readonly TimeSpan Deadline = TimeSpan.FromMinutes(5);
    public static readonly TimeSpan StableFor = TimeSpan.FromSeconds(10);
    public static readonly TimeSpan PassTime = TimeSpan.FromSeconds(20);

    private readonly Dictionary<string, DesiredState> _revisions = [];

    public ModelDevice Device { get; } = device;

    public RevisionLedger Ledger { get; private set; } = RevisionLedger.Empty;

    public string? Newest { get; private set; }

    public Func<Step, bool>? Fails { get; set; }

    /// <summary>Called with every plan before it is carried out.</summary>
    public Action<DesiredState, Inventory, Plan>? Planned { get; set; }

    public DesiredState Revision(string id) => _revisions[id];

    public void Push(DesiredState desired)
    {
        Newest = desired.Revision;
        _revisions[desired.Revision] = desired;
    }

    /// <summary>From now on no source answers.</summary>
    public void LoseSources() => Newest = null;

    /// <summary>One pass; the agent is killed after <paramref name="limit"/> steps.</summary>
    public Verdict Pass(int limit = int.MaxValue)
    {
        var choice = RevisionGate.Choose(Ledger, Newest);
        Ledger = choice.Ledger.Begin(choice.Revision!, Device.Now);
        var fetching = Ledger.Attempt is { ApplyingSince: null };
        if (fetching && Fetch(_revisions[choice.Revision!]))
            (Ledger, fetching) = (Ledger.MarkApplying(Device.Now), false);

        var target = fetching ? Ledger.LastGood : choice.Revision;
        if (target is null)
            return new Verdict.Wait(null);

        var desired = _revisions[target];
        var plan = PlanFor(desired, committed: fetching || Ledger.Attempt is null);
        if (!new ModelExecution(Device, desired).Run(plan, limit, Fails))
            return new Verdict.Wait(null);

        Device.Settle(PassTime);
        var judgement = RevisionGate.Judge(
            Ledger,
            new(desired, Readiness.Assess(RegisteredKinds.All, desired, Device.Observe(), plan.Blocked, Device.Now)) { Images = RunningImages.Of(desired, Device.Observe()) },
            new(Deadline, StableFor, KeepRevisions: 5),
            Device.Now);
        Ledger = judgement.Ledger;
        return judgement.Verdict;
    }

    /// <summary>Passes until there is nothing left to do and nothing left to judge, or until it is stalled.</summary>
    public void Converge(int passes = 60)
    {
        for (; passes > 0; passes--)
        {
            if (Pass() is Verdict.Stalled)
                return;
            if (Ledger.Attempt is null && RevisionGate.Choose(Ledger, Newest).Revision is { } revision && revision == Ledger.LastGood
                && PlanFor(_revisions[revision], committed: true).IsEmpty)
                return;
        }

        throw new InvalidOperationException($"The device does not converge.\n{PlanText.Render(PlanFor(_revisions[Ledger.Attempt?.Revision ?? Ledger.LastGood!], Ledger.Attempt is null))}");
    }

    private Plan PlanFor(DesiredState desired, bool committed)
    {
        var inventory = new Inventory
        {
            Committed = committed,
            IsFetchingNext = Ledger.Attempt is { ApplyingSince: null },
            Fetched = committed || Ledger.Attempt is null ? [] : [.. Ledger.Attempt.Fetched],
            LastGood = Ledger.LastGood is { } good
                ? _revisions[good].Resources.ToImmutableDictionary(pair => pair.Key, pair => pair.Value.SpecHash)
                : ImmutableDictionary<Core.Manifests.ResourceId, string>.Empty,
            PinnedImages = Ledger.ImagesOf(desired.Revision).ToImmutableDictionary(image => image.Module),
            LastGoodDisks = Ledger.LastGood is { } last
                ? _revisions[last].Machines.ToImmutableDictionary(machine => machine.Id, machine => machine.Machine.Shape.DiskSize)
                : ImmutableDictionary<Core.Manifests.ResourceId, long>.Empty,
        };
        var plan = Planner.Plan(RegisteredKinds.All, desired, Device.Observe(), inventory, Device.Now);
        Planned?.Invoke(desired, inventory, plan);
        return plan;
    }

    /// <summary>Pulls what the revision needs; true when nothing is left to pull.</summary>
    private bool Fetch(DesiredState desired)
    {
        foreach (var pull in PlanFor(desired, committed: false).Fetches)
        {
            if (Fails?.Invoke(pull) is true ? pull.Optional : Device.Execute(pull, desired))
                Ledger = pull is PullImage image ? Ledger.RecordFetched(image.Key) : Ledger;
        }

        return PlanFor(desired, committed: false).IsFetched;
    }
}
