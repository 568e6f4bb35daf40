using System.Collections.Immutable;
using EdgeOperator.Core.Kinds.EdgeModule;
using EdgeOperator.Core.Planning;

namespace EdgeOperator.Agent.Execution;

/// <summary>
/// Pulls of images for virtual machines, which may have to wait until the machine runs, and so until a revision has begun. A large
/// image on a slow line is no reason to go back, as long as more of it arrives.
/// </summary>
internal static class PullProgress
{
    /// <summary>Whether one of them has got further since the pass before.</summary>
    public static bool HasAdvanced(ImmutableArray<StepResult> before, ImmutableArray<StepResult> now) => now.Any(result =>
        BytesOf(result) is { } bytes && before.Any(known => known.Step.Id == result.Step.Id && BytesOf(known) is { } less && less < bytes));

    private static long? BytesOf(StepResult result) =>
        result is { Step: PullImage { Target: not EngineTarget.Host, NotBefore: null }, Outcome: StepOutcome.Pending pending } ? pending.Done ?? 0 : null;
}
