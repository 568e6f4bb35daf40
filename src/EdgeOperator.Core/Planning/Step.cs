using System.Collections.Immutable;
using EdgeOperator.Core.Kinds.EdgeModule;
using EdgeOperator.Core.Manifests;

namespace EdgeOperator.Core.Planning;

/// <summary>
/// One thing to do, as plain data: it names what to act on and why, and holds nothing alive. Each kind adds its own.
/// </summary>
/// <param name="Resource">The resource that the step serves.</param>
/// <param name="Reason">Why, for people.</param>
public abstract record Step(ResourceId Resource, string Reason)
{
    /// <summary>Unique in a plan and the same in every plan that holds this step: the verb and what it acts on.</summary>
    public abstract string Id { get; }

    /// <summary>Whose container engine the step is for, where it is for one: <see cref="EngineTarget"/>. Part of the id unless it is the host.</summary>
    public string Target { get; init; } = EngineTarget.Host;

    /// <summary>
    /// The package's hash, where a manifest leaves it to others than its author which one that is: back-off after a failure with one does not
    /// delay another. Null where the resource's spec alone says what to do.
    /// </summary>
    public virtual string? PackageHash => null;

    /// <summary>Ids of steps that must have succeeded before this one may run.</summary>
    public ImmutableArray<string> Requires { get; init; } = [];

    /// <summary>Ids of steps that must have ended before this one runs, however they ended; a pending step has not ended.</summary>
    public ImmutableArray<string> After { get; init; } = [];

    /// <summary>How the step is shown in a plan.</summary>
    public virtual StepEffect Effect => StepEffect.Change;

    /// <summary>Whether the step starts its resource, so that <c>startupOrder</c> applies to it.</summary>
    public virtual bool IsStart => false;

    /// <summary>Whether the step stops what runs of its resource.</summary>
    public virtual bool IsStop => false;

    /// <summary>Whether the step brings back what should have been running: frequent repairs are backed off like failures.</summary>
    public virtual bool IsRepair => false;

    /// <summary>Whether the step restarts something that goes on being what it is.</summary>
    public virtual bool IsRestart => false;

    /// <summary>Whether the step changes a resource; otherwise it tidies up what several may have used.</summary>
    public virtual bool ConcernsResource => true;

    public sealed override string ToString() => $"{Id}: {Reason}";

    /// <summary>Ends the id of a step on an engine.</summary>
    protected string On => EngineTarget.Suffix(Target);
}

/// <summary>Brings something onto the device and changes nothing that runs. <paramref name="Optional"/>: a failure is no obstacle.</summary>
public abstract record Fetch(ResourceId Resource, string Reason, bool Optional) : Step(Resource, Reason)
{
    /// <summary>It failed lately and is not to be tried before this time: until then the step is pending.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    public override StepEffect Effect => StepEffect.Add;

    /// <summary>What the revision under way remembers to have fetched, so that it does not ask again; null when the device itself shows it.</summary>
    public virtual string? RecordedAs => null;
}

/// <summary>
/// A gate between steps: succeeds when the resource is Ready, otherwise the steps behind it wait for a later pass.
/// It never blocks a pass. Only an observation made after the steps that it requires can answer it.
/// </summary>
/// <param name="Replacement">Asks about the new container alone, while it still runs beside the one that it replaces.</param>
public sealed record AwaitReady(ResourceId Resource, string Reason, bool Replacement = false) : Step(Resource, Reason)
{
    public override string Id => Replacement ? $"await {Resource} new" : $"await {Resource}";

    public override StepEffect Effect => StepEffect.Wait;
}

/// <summary>
/// A point that many steps lead to and many start from, so that a plan has few edges. There is nothing to do: it
/// succeeds as soon as what it waits for allows it to run. No driver takes it.
/// </summary>
/// <param name="Resource">The revision.</param>
public sealed record Milestone(ResourceId Resource, string Reason, string Name) : Step(Resource, Reason)
{
    public override string Id => $"milestone {Name}";
}
