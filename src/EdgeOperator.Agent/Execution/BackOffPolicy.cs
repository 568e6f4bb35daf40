using System.Collections.Immutable;
using EdgeOperator.Core.Kinds.EdgeModule;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.State;
using EdgeOperator.Platform.Timing;

namespace EdgeOperator.Agent.Execution;

/// <summary>
/// When a resource that failed, or had to be started again, may be touched next: after 10 s, then twice as long each
/// time up to 300 s, give or take a fifth so that devices do not act in step. Pure, apart from the injected randomness.
/// </summary>
public sealed class BackOffPolicy(Random random)
{
    public static readonly TimeSpan First = TimeSpan.FromSeconds(10);
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(300);

    /// <summary>The longest delay after a fault of the device: what is free again should be used soon.</summary>
    public static readonly TimeSpan LongestForDevice = TimeSpan.FromSeconds(30);

    /// <summary>How long a resource must have run well after its last back-off for its failures to be forgotten.</summary>
    public static readonly TimeSpan Forgotten = TimeSpan.FromMinutes(10);

    /// <summary>
    /// A container that is still there so long after it was created, or after its last back-off ended, and then is removed, was removed by hand rather
    /// than by something that removes it again and again.
    /// </summary>
    public static readonly TimeSpan Lived = TimeSpan.FromSeconds(10);

    /// <summary>The entries after a pass.</summary>
    /// <remarks>
    /// A failure adds one; success clears what the same spec had failed with; a restart of what should have been
    /// running counts like a failure, though it succeeded, until it is forgotten; so does the creation of a container that was
    /// gone again within <see cref="Lived"/>, or so soon after its back-off, however it went. A resource whose steps were only pending or skipped keeps its entry. Entries of another spec
    /// than the desired one hold nothing back, nor do those of another published package.
    /// </remarks>
    /// <param name="desired">What the steps were planned from; a step for a resource that it lacks has the spec <c>""</c>.</param>
    /// <param name="fetched">What the pulls were planned from: the next state while the device is still kept at another.</param>
    public ImmutableDictionary<ResourceId, BackOff> After(
        ImmutableDictionary<ResourceId, BackOff> before,
        DesiredState desired,
        DesiredState fetched,
        IEnumerable<StepResult> results,
        DateTimeOffset now)
    {
        var after = before.RemoveRange(before.Where(e => now - e.Value.NotBefore >= Forgotten).Select(e => e.Key));
        foreach (var ended in results.GroupBy(r => (r.Step.Resource, Spec: SpecOf(r.Step, r.Step is Fetch ? fetched : desired))))
        {
            var (resource, spec) = ended.Key;
            var package = ended.Select(r => r.Step.PackageHash).FirstOrDefault(p => p is not null);
            var known = after.TryGetValue(resource, out var entry) && entry.SpecHash == spec && (package is null || entry.PackageHash is null || entry.PackageHash == package) ? entry : null;
            if (Worst([.. ended]) is { } worst)
            {
                after = after.SetItem(resource, Entry(spec, (known?.Failures ?? 0) + 1, worst, now) with { PackageHash = package });
            }
            else if (ended.FirstOrDefault(r => r is { Step: CreateContainer, Outcome: StepOutcome.Succeeded }) is { } created)
            {
                after = after.SetItem(resource, known?.Cause is BackOffCause.Created or BackOffCause.Restarted && now - known.NotBefore < Lived
                    ? Entry(spec, known.Failures + 1, created, now)
                    : new(spec, 0, now, nameof(BackOffCause.Created), created.Step.Reason) { Cause = BackOffCause.Created });
            }
            else if (known is { Cause: BackOffCause.Failed } && ended.All(r => r.Outcome is StepOutcome.Succeeded))
            {
                after = after.Remove(resource);
            }
        }

        return after;
    }

    /// <summary>The delay after so many failures in a row, from 1.</summary>
    public TimeSpan Delay(int failures) =>
        new ExponentialDelay(First, Longest).After(failures) * (0.8 + (0.4 * random.NextDouble()));

    /// <summary>
    /// The entries that still count once the ledger has changed. A new revision may be what somebody did about a failure, so it waits
    /// for no back-off that another one has earned.
    /// </summary>
    public static ImmutableDictionary<ResourceId, BackOff> Carry(ImmutableDictionary<ResourceId, BackOff> entries, RevisionLedger before, RevisionLedger after) =>
        after.Attempt is { } attempt && attempt.Revision != before.Attempt?.Revision ? ImmutableDictionary<ResourceId, BackOff>.Empty : entries;

    /// <summary>Entries that another boot has left, which may be of a clock that was wrong: none lasts longer than a new one could.</summary>
    public static ImmutableDictionary<ResourceId, BackOff> Limit(ImmutableDictionary<ResourceId, BackOff> entries, DateTimeOffset now) =>
        entries.ToImmutableDictionary(e => e.Key, e => e.Value.NotBefore > now + Longest ? e.Value with { NotBefore = now + Longest } : e.Value);

    private BackOff Entry(string spec, int failures, StepResult result, DateTimeOffset now) => result.Outcome switch
    {
        StepOutcome.Terminal { Fault: Fault.Device } o => OfDevice(spec, failures, o.Reason, o.Message, after: default, now),
        StepOutcome.Retry { Fault: Fault.Device } o => OfDevice(spec, failures, o.Reason, o.Message, o.After ?? default, now),
        StepOutcome.Terminal o => new(spec, failures, now + Longest, o.Reason, o.Message, Terminal: true),
        StepOutcome.Retry o => new(spec, failures, now + Longer(Delay(failures), o.After ?? default), o.Reason, o.Message, o.IsStalled),
        _ => new(spec, failures, now + Delay(failures), nameof(BackOffCause.Restarted), result.Step.Reason) { Cause = BackOffCause.Restarted },
    };

    private BackOff OfDevice(string spec, int failures, string reason, string message, TimeSpan after, DateTimeOffset now) =>
        new(spec, failures, now + Longer(Shorter(Delay(failures), LongestForDevice), after), reason, message) { Fault = Fault.Device };

    private static string SpecOf(Step step, DesiredState plannedFrom) => plannedFrom.Resources.GetValueOrDefault(step.Resource)?.SpecHash ?? "";

    private static StepResult? Worst(ImmutableArray<StepResult> results) =>
        results.FirstOrDefault(r => r.Outcome is StepOutcome.Terminal)
        ?? results.FirstOrDefault(r => r.Outcome is StepOutcome.Retry)
        ?? results.FirstOrDefault(r => r.Outcome is StepOutcome.Succeeded && r.Step.IsRepair);

    private static TimeSpan Shorter(TimeSpan a, TimeSpan b) => a < b ? a : b;

    private static TimeSpan Longer(TimeSpan a, TimeSpan b) => a > b ? a : b;
}
