using System.Text.Json.Nodes;
using EdgeOperator.Core.Twins;
using EdgeOperator.Core.Twins.Configurations;
using EdgeOperator.Hub.Events;
using EdgeOperator.Hub.Identities;
using EdgeOperator.Hub.Service;
using EdgeOperator.Hub.Storage;

namespace EdgeOperator.Hub.Twins;

/// <summary>Reads and writes twins: the pure function decides, the store accepts it if nobody wrote meanwhile, and otherwise it is decided anew.</summary>
internal sealed class DeviceTwins(IHubStore store, ChangeFeed changes, HubEvents events, TimeProvider time)
{
    /// <summary>Called after a device has reported: it must be short.</summary>
    public event Action<IdentityKey>? Reported;

    /// <exception cref="ServiceException">There is none.</exception>
    public async Task<TwinRow> GetAsync(IdentityKey key, CancellationToken cancellation) =>
        await store.FindTwinAsync(key, cancellation) ?? throw await NotFoundAsync(key, cancellation);

    /// <param name="match">The ETag that it must have; null for any.</param>
    /// <exception cref="ServiceException">There is none, it has another ETag, or what is asked for is not allowed.</exception>
    public Task<TwinRow> PatchAsync(IdentityKey key, JsonObject? tags, JsonObject? desired, string? match, CancellationToken cancellation) =>
        WriteAsync(key, match, twin => TwinWrite.Patch(twin, tags, desired, time.GetUtcNow()), cancellation);

    /// <inheritdoc cref="PatchAsync"/>
    public Task<TwinRow> ReplaceAsync(IdentityKey key, JsonObject? tags, JsonObject? desired, string? match, CancellationToken cancellation) =>
        WriteAsync(key, match, twin => TwinWrite.Replace(twin, tags, desired, time.GetUtcNow()), cancellation);

    /// <inheritdoc cref="PatchAsync"/>
    public Task<TwinRow> ReplaceDesiredAsync(IdentityKey key, JsonObject desired, CancellationToken cancellation) =>
        WriteAsync(key, null, twin => TwinWrite.ReplaceDesired(twin, desired, time.GetUtcNow()), cancellation);

    /// <summary>Sets parts of desired properties.</summary>
    /// <inheritdoc cref="PatchAsync"/>
    public Task<TwinRow> SetDesiredAsync(IdentityKey key, TwinSettings settings, CancellationToken cancellation) => WriteAsync(
        key, null, twin => TwinWrite.Patch(twin, null, TwinMerge.Changes(twin.Desired.Values, settings.SetIn(twin.Desired.Values)), time.GetUtcNow()), cancellation);

    /// <returns>The new version of reported properties.</returns>
    /// <exception cref="ServiceException">There is none, or what is reported is not allowed.</exception>
    public async Task<long> ReportAsync(IdentityKey key, JsonObject patch, CancellationToken cancellation)
    {
        while (true)
        {
            var before = await store.FindReportedAsync(key, cancellation) ?? throw await NotFoundAsync(key, cancellation);
            var written = TwinWrite.Report(Twin.Initial with { Reported = before }, patch, time.GetUtcNow());
            if (written.Problem is { } problem)
                throw AcceptedWrite.Refusal(problem);
            if (!await store.WriteReportedAsync(key, before.Version, written.Twin!.Reported, cancellation))
                continue;
            Reported?.Invoke(key);
            events.Add(EventTypes.TwinUpdated, key, $"{key} reported", data: new() { ["reported"] = written.Twin.Reported.Version });
            if (!key.IsModule && TwinHub.IsAgent(patch))
                await OfferAsync(key, cancellation);
            return written.Twin.Reported.Version;
        }
    }

    /// <summary>Tells an agent what this hub has for it.</summary>
    private async Task OfferAsync(IdentityKey key, CancellationToken cancellation)
    {
        try
        {
            while (await store.FindTwinAsync(key, cancellation) is { } row && TwinHub.Offer(row.Twin, time.GetUtcNow()) is { Twin: { } twin } offer)
            {
                if (!await store.WriteTwinAsync(key, row.Twin.Version, twin, offer.Notification!.ToJsonString(), cancellation))
                    continue;
                changes.Wake();
                events.Add(EventTypes.TwinUpdated, key, $"the twin of {key} says what the hub offers", data: AcceptedWrite.VersionsOf(row.Twin, twin));
                return;
            }
        }
        catch (StoreException)
        {
            // What the device has reported is stored: it is told with its next first report.
        }
    }

    private async Task<TwinRow> WriteAsync(IdentityKey key, string? match, Func<Twin, TwinWriteResult> write, CancellationToken cancellation)
    {
        while (true)
        {
            var before = await GetAsync(key, cancellation);
            if (match is not null && match != before.Twin.ETag)
                throw new ServiceException(ServiceError.PreconditionFailed, $"the twin of {key} has been changed since it was read: its ETag is another one");
            var written = AcceptedWrite.Of(key, before.Twin, write(before.Twin), time.GetUtcNow());
            if (!await store.WriteTwinAsync(key, before.Twin.Version, written.Twin!, written.Notification?.ToJsonString(), cancellation))
                continue;
            changes.Wake();
            events.Add(EventTypes.TwinUpdated, key, $"the twin of {key} was changed", data: AcceptedWrite.VersionsOf(before.Twin, written.Twin!));
            return before with { Twin = written.Twin! };
        }
    }

    private async Task<ServiceException> NotFoundAsync(IdentityKey key, CancellationToken cancellation) => new(
        key.IsModule && await store.FindIdentityAsync(key.Device, cancellation) is not null ? ServiceError.ModuleNotFound : ServiceError.DeviceNotFound, $"{key} is not registered");
}
