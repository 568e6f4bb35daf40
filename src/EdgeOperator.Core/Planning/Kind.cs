using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.State;

namespace EdgeOperator.Core.Planning;

/// <summary>
/// One kind of resource: all that the readers, the planner and the health gate must know of it. A kind lives in its own folder
/// below <c>Kinds/</c> and is named in one list; nothing else in Core knows which kinds there are.
/// </summary>
public abstract class Kind : ManifestKind
{
    /// <summary>
    /// Whether others may rely on a resource of this kind as soon as its steps have succeeded, without waiting until it is Ready.
    /// Such resources also come first where <c>dependsOn</c> leaves a choice.
    /// </summary>
    internal virtual bool IsReadyOnceApplied => false;

    /// <summary>The same state with the dependencies that follow from what several resources of this kind say together.</summary>
    internal virtual DesiredState Complete(DesiredState desired) => desired;

    /// <summary>How what the kind keeps in <see cref="ObservedState.With"/> is written into a device's snapshot; null when it keeps nothing there.</summary>
    internal virtual ObservedPart? Part => null;

    /// <summary>
    /// What was observed, as far as plans depend on it: without what programs have printed, which may hold secrets, and without numbers
    /// that change all the time.
    /// </summary>
    internal virtual ObservedState ForSnapshot(ObservedState observed) => observed;

    /// <summary>What plans the resources of this kind in one pass.</summary>
    internal abstract KindPlanner CreatePlanner(PlanningContext context);

    /// <summary>Whether a resource is as desired. Holds are not its concern.</summary>
    internal abstract ReadinessReport Assess(Resource resource, PlanningContext context);

    /// <summary>The report on a resource as it matters to those that depend on it.</summary>
    internal virtual ReadinessReport AssessForDependents(Resource resource, PlanningContext context) => Assess(resource, context);

    /// <summary>Whether those that depend on a resource may rely on it as it is.</summary>
    internal virtual bool IsReadyForDependents(Resource resource, PlanningContext context) => AssessForDependents(resource, context).IsReady;

    /// <summary>The report on the new instance of a resource alone, while it still runs beside the one that it replaces.</summary>
    internal virtual ReadinessReport AssessReplacement(Resource resource, PlanningContext context) => Assess(resource, context);
}
