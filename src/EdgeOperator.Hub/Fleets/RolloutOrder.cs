using EdgeOperator.Core.Fleets;
using EdgeOperator.Hub.Events;
using EdgeOperator.Hub.Service;
using EdgeOperator.Hub.Storage;

namespace EdgeOperator.Hub.Fleets;

/// <summary>Has rollouts do what people order, whichever replica they ask.</summary>
internal sealed class RolloutOrder(RolloutStore rollouts, FleetController controller, HubEvents events, TimeProvider time)
{
    /// <param name="verb">What is done, for the event: <c>paused</c>.</param>
    /// <param name="by">Who orders it, and why.</param>
    /// <exception cref="ServiceException">There is no rollout, or it can't be done to it now.</exception>
    public async Task<StoredRollout> GiveAsync(string fleet, string verb, string actor, string by, Func<Rollout, DateTimeOffset, OrderResult> order, CancellationToken cancellation)
    {
        KnownRollout? known = null;
        while (true)
        {
            known = await rollouts.LoadAsync(fleet, known, cancellation) ?? throw new ServiceException(ServiceError.ResourceNotFound, $"fleet {fleet} has no rollout");
            var result = order(known.Rollout, time.GetUtcNow());
            if (result.Rollout is not { } rollout)
                throw new ServiceException(known.Rollout.State == RolloutState.Completed ? ServiceError.RolloutCompleted : ServiceError.InvalidOperation, result.Refusal!);
            var told = StoredRollout.Of(rollout, new(WaitReason.Moving, $"{verb} {by}"), known.Told.Counts);
            if (await rollouts.WriteAsync(rollout, told, known, null, cancellation) is null)
                continue;
            events.Add(EventTypes.RolloutProgressed, null, $"{rollout.Id}: {verb} {by}", actor, new() { ["fleet"] = fleet, ["rollout"] = rollout.Id, ["state"] = rollout.State.ToString() });
            controller.Wake();
            return told;
        }
    }
}
