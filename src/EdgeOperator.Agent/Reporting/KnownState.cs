using System.Collections.Immutable;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.State;

namespace EdgeOperator.Agent.Reporting;

/// <summary>What a plan depends on besides the manifests.</summary>
/// <param name="LastGood">What the last good revision asks for; null when there is none, or it is not kept any more.</param>
/// <param name="At">By the steady clock.</param>
public sealed record KnownState(
    ObservedState Observed, RevisionLedger Ledger, DesiredState? LastGood, ImmutableDictionary<ResourceId, BackOff> BackOff, DateTimeOffset At);
