using EdgeOperator.Core.Fleets;
using EdgeOperator.Core.Twins;
using EdgeOperator.Hub.Events;
using EdgeOperator.Hub.Identities;
using EdgeOperator.Hub.Service;
using EdgeOperator.Hub.Storage;
using EdgeOperator.Hub.Twins;

namespace EdgeOperator.Hub.Fleets;

/// <summary>Writes into twins which revision devices are to be at.</summary>
internal sealed partial class FleetAssignments(IHubStore store, ChangeFeed changes, HubEvents events, TimeProvider time, ILogger<FleetAssignments> log)
{
    /// <param name="seen">What the twin asked for when it was decided: one that asks for something else by now is left for the next look.</param>
    /// <returns>The twin as it is now; null when it was left alone.</returns>
    public async Task<TwinRow?> AssignAsync(string fleet, string source, RolloutAction action, string? seen, CancellationToken cancellation)
    {
        var key = new IdentityKey(action.Device);
        if (await store.FindTwinAsync(key, cancellation) is not { } row)
            return null;
        var assigned = FleetObservation.AssignedOf(row.Twin, source);
        if (assigned == action.Revision)
            return row;
        if (assigned != seen)
            return null;
        try
        {
            var now = time.GetUtcNow();
            var written = AcceptedWrite.Of(key, row.Twin, TwinWrite.Patch(row.Twin, null, FleetObservation.Assignment(row.Twin, source, action.Revision), now), now);
            if (!await store.WriteTwinAsync(key, row.Twin.Version, written.Twin!, written.Notification?.ToJsonString(), cancellation))
                return null;
            changes.Wake();
            var commit = FleetRevision.CommitOf(action.Revision);
            events.Add(EventTypes.RevisionAssigned, key, $"fleet {fleet} gives {key} the revision {commit}", data: new() { ["fleet"] = fleet, ["revision"] = commit });
            return row with { Twin = written.Twin! };
        }
        catch (ServiceException e)
        {
            // Its time will be over, and then it has failed.
            Refused(log, action.Device, action.Revision, e.Message);
            return null;
        }
    }
}
