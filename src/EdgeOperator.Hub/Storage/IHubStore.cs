using EdgeOperator.Core.Twins.Query;
using EdgeOperator.Hub.Identities;
using EdgeOperator.Hub.Messages;

namespace EdgeOperator.Hub.Storage;

/// <summary>
/// All that the hub remembers. A write that has returned survives a crash. Writes that depend on what was read before name
/// it, and answer false when it has changed since.
/// </summary>
internal interface IHubStore : IAsyncDisposable
{
    Task<Identity?> FindIdentityAsync(IdentityKey key, CancellationToken cancellation);

    /// <summary>Devices by name.</summary>
    Task<IReadOnlyList<IdentityRow>> ListDevicesAsync(int limit, CancellationToken cancellation);

    Task<IReadOnlyList<IdentityRow>> ListModulesAsync(string deviceId, CancellationToken cancellation);

    Task<IdentityRow?> FindRowAsync(IdentityKey key, CancellationToken cancellation);

    Task<IdentityCounts> CountAsync(CancellationToken cancellation);

    /// <returns>False when it exists, or when it is a module whose device does not.</returns>
    Task<bool> AddAsync(Identity identity, Core.Twins.Twin twin, CancellationToken cancellation);

    Task<bool> UpdateAsync(Identity identity, string expectedETag, CancellationToken cancellation);

    /// <summary>Removes a device with its modules and messages, or a module.</summary>
    /// <param name="expectedETag">Null for any.</param>
    Task<bool> RemoveAsync(IdentityKey key, string? expectedETag, CancellationToken cancellation);

    Task<TwinRow?> FindTwinAsync(IdentityKey key, CancellationToken cancellation);

    /// <summary>The reported properties of a twin alone.</summary>
    Task<Core.Twins.TwinProperties?> FindReportedAsync(IdentityKey key, CancellationToken cancellation);

    /// <summary>Twins of devices or of modules, in the order of their keys.</summary>
    /// <param name="after">The last key of the page before.</param>
    Task<IReadOnlyList<TwinRow>> ScanTwinsAsync(bool modules, IdentityKey? after, int limit, CancellationToken cancellation);

    /// <summary>As the other one, those alone that can satisfy a condition, by an index.</summary>
    Task<IReadOnlyList<TwinRow>> ScanTwinsAsync(bool modules, TwinCandidates candidates, IdentityKey? after, int limit, CancellationToken cancellation);

    /// <summary>Writes tags, desired properties and configurations, and in the same transaction what the device is sent.</summary>
    Task<bool> WriteTwinAsync(IdentityKey key, long expectedVersion, Core.Twins.Twin twin, string? notification, CancellationToken cancellation);

    /// <summary>The same, and in the same transaction the end of a job for the device, if it is running.</summary>
    /// <returns>False, and nothing is written, when the twin has been changed or the job is not running any more.</returns>
    Task<bool> WriteTwinAsync(IdentityKey key, long expectedVersion, Core.Twins.Twin twin, string? notification, DeviceJob job, CancellationToken cancellation);

    Task<bool> WriteReportedAsync(IdentityKey key, long expectedVersion, Core.Twins.TwinProperties reported, CancellationToken cancellation);

    /// <summary>The place behind all changes that are there.</summary>
    Task<ChangeCursor> LastChangeAsync(CancellationToken cancellation);

    /// <summary>Changes in order; of one twin, always in the order of its versions.</summary>
    Task<ChangePage> ReadChangesAsync(ChangeCursor after, int limit, CancellationToken cancellation);

    /// <summary>Notes a connection.</summary>
    /// <param name="keepSubscriptions">Whether subscriptions of connections before stay.</param>
    Task<ConnectedSession> ConnectAsync(IdentityKey key, bool keepSubscriptions, DateTimeOffset now, CancellationToken cancellation);

    /// <summary>Notes a connection's end, unless a later connection is there already.</summary>
    Task DisconnectAsync(IdentityKey key, long epoch, DateTimeOffset now, CancellationToken cancellation);

    Task WriteSubscriptionsAsync(IdentityKey key, long epoch, int subscriptions, CancellationToken cancellation);

    Task WriteActivityAsync(IReadOnlyCollection<(IdentityKey Key, DateTimeOffset At)> activity, CancellationToken cancellation);

    /// <returns>False when too many wait already, or the device does not exist.</returns>
    Task<bool> EnqueueAsync(string deviceId, DeviceMessage message, int mostPending, DateTimeOffset now, CancellationToken cancellation);

    /// <summary>The next message for a device, counted as delivered once more; expired ones and those delivered too often are dropped.</summary>
    Task<DeviceMessage?> NextMessageAsync(string deviceId, int mostDeliveries, DateTimeOffset now, CancellationToken cancellation);

    /// <summary>The device has received it.</summary>
    Task CompleteMessageAsync(long sequence, DateTimeOffset now, CancellationToken cancellation);

    /// <returns>How many there were.</returns>
    Task<int> PurgeMessagesAsync(string deviceId, DateTimeOffset now, CancellationToken cancellation);

    /// <summary>Locks what is to be told to senders of messages, oldest first, until a time or until it is completed or abandoned.</summary>
    /// <param name="token">A new name for the lock.</param>
    /// <param name="keepFrom">What is older is forgotten.</param>
    Task<IReadOnlyList<Feedback>> LockFeedbackAsync(string token, int limit, DateTimeOffset now, DateTimeOffset until, DateTimeOffset keepFrom, CancellationToken cancellation);

    /// <returns>False when there is no such lock any more.</returns>
    Task<bool> CompleteFeedbackAsync(string token, DateTimeOffset now, CancellationToken cancellation);

    /// <inheritdoc cref="CompleteFeedbackAsync"/>
    Task<bool> AbandonFeedbackAsync(string token, DateTimeOffset now, CancellationToken cancellation);

    Task AddTelemetryAsync(TelemetryMessage message, CancellationToken cancellation);

    /// <param name="deviceId">Null for all.</param>
    Task<IReadOnlyList<TelemetryMessage>> ReadTelemetryAsync(long after, string? deviceId, int limit, CancellationToken cancellation);

    /// <summary>Deletes old telemetry and old changes.</summary>
    Task TrimAsync(DateTimeOffset telemetryBefore, int mostTelemetry, DateTimeOffset changesBefore, CancellationToken cancellation);

    /// <summary>A document of a kind, such as an enrollment.</summary>
    Task<Document?> FindDocumentAsync(string kind, string id, CancellationToken cancellation);

    Task<IReadOnlyList<Document>> ListDocumentsAsync(string kind, string after, int limit, CancellationToken cancellation);

    /// <summary>Those alone that have a label, by an index.</summary>
    Task<IReadOnlyList<Document>> ListDocumentsAsync(string kind, string label, string after, int limit, CancellationToken cancellation);

    /// <param name="expectedETag">Null when there must be none yet; <c>*</c> for whatever is there.</param>
    Task<bool> WriteDocumentAsync(Document document, string? expectedETag, CancellationToken cancellation);

    /// <summary>As the other one, and only while a term of leadership lasts.</summary>
    Task<bool> WriteDocumentAsync(Document document, string? expectedETag, LeadershipTerm fence, CancellationToken cancellation);

    /// <summary>How many documents of a kind have a label.</summary>
    Task<long> CountDocumentsAsync(string kind, string label, CancellationToken cancellation);

    Task<bool> RemoveDocumentAsync(string kind, string id, string? expectedETag, CancellationToken cancellation);

    /// <summary>Adds devices or modules to a job, pending; those that it has stay as they are.</summary>
    /// <param name="targets">See <see cref="DeviceJob.Target"/>.</param>
    Task AddDeviceJobsAsync(string jobId, IReadOnlyCollection<string> targets, DateTimeOffset now, CancellationToken cancellation);

    Task<DeviceJob?> FindDeviceJobAsync(string jobId, string target, CancellationToken cancellation);

    /// <summary>Of one job, in the order of the targets' names.</summary>
    Task<IReadOnlyList<DeviceJob>> ListDeviceJobsAsync(string jobId, DeviceJobStatus status, string after, int limit, CancellationToken cancellation);

    /// <summary>Of all jobs, in the order of the jobs' and the targets' names.</summary>
    /// <param name="after">The last of the page before.</param>
    Task<IReadOnlyList<DeviceJob>> ScanDeviceJobsAsync((string JobId, string Target)? after, int limit, CancellationToken cancellation);

    Task<IReadOnlyDictionary<DeviceJobStatus, int>> CountDeviceJobsAsync(string jobId, CancellationToken cancellation);

    /// <returns>False when its status is another one.</returns>
    Task<bool> WriteDeviceJobAsync(DeviceJob job, DeviceJobStatus expected, CancellationToken cancellation);

    /// <summary>Ends all of a job that have a status.</summary>
    Task EndDeviceJobsAsync(string jobId, DeviceJobStatus from, DeviceJobStatus to, string? error, DateTimeOffset now, CancellationToken cancellation);

    Task RemoveDeviceJobsAsync(string jobId, CancellationToken cancellation);

    /// <summary>What a device has sent last.</summary>
    Task<StoredSnapshot?> FindSnapshotAsync(string deviceId, CancellationToken cancellation);

    /// <summary>In the order of the devices' names.</summary>
    Task<IReadOnlyList<StoredSnapshot>> ScanSnapshotsAsync(string after, int limit, CancellationToken cancellation);

    /// <returns>False when there is no such device any more.</returns>
    Task<bool> WriteSnapshotAsync(StoredSnapshot snapshot, CancellationToken cancellation);

    /// <summary>Writes a fleet's rollout and what has changed of its devices together, or nothing.</summary>
    /// <param name="rollout">Its id is the fleet's name.</param>
    /// <param name="expectedETag">Null when there must be none yet.</param>
    /// <param name="changed">Devices that are new or have changed.</param>
    /// <param name="removed">Devices that it does not remember any more.</param>
    /// <param name="fence">Only while a term of leadership lasts; null for whoever does not lead.</param>
    Task<bool> WriteRolloutAsync(
        Document rollout, string? expectedETag, IReadOnlyCollection<StoredRolloutDevice> changed, IReadOnlyCollection<string> removed, LeadershipTerm? fence, CancellationToken cancellation);

    /// <summary>Devices of a fleet's rollout, in the order of their names.</summary>
    /// <param name="batch">Null for all.</param>
    /// <param name="states">Null for all.</param>
    Task<IReadOnlyList<StoredRolloutDevice>> ListRolloutDevicesAsync(string fleet, int? batch, IReadOnlyCollection<int>? states, string after, int limit, CancellationToken cancellation);

    Task RemoveRolloutDevicesAsync(string fleet, CancellationToken cancellation);

    Task AuditAsync(AuditEntry entry, CancellationToken cancellation);

    Task<IReadOnlyList<AuditEntry>> ReadAuditAsync(long after, int limit, CancellationToken cancellation);

    /// <summary>The latest ones before <paramref name="before"/>, latest first.</summary>
    Task<IReadOnlyList<AuditEntry>> ReadLatestAuditAsync(long before, int limit, CancellationToken cancellation);

    /// <summary>Takes a lease that nobody has, or renews it. A new holder gets a greater term.</summary>
    /// <param name="holder">Of this process alone.</param>
    /// <param name="duration">By the store's clock, so that clocks of replicas need not agree.</param>
    /// <returns>Null while another holder has it.</returns>
    Task<LeadershipTerm?> AcquireLeaseAsync(string name, string holder, TimeSpan duration, CancellationToken cancellation);

    /// <summary>Lets go of a lease, so that nobody waits for its end.</summary>
    Task ReleaseLeaseAsync(string name, string holder, CancellationToken cancellation);

    /// <summary>Stores what has happened, in this order; their sequence numbers are given here.</summary>
    Task AddEventsAsync(IReadOnlyList<HubEvent> events, CancellationToken cancellation);

    Task<IReadOnlyList<HubEvent>> ReadEventsAsync(long after, int limit, CancellationToken cancellation);

    /// <summary>The latest ones before <paramref name="before"/>, latest first.</summary>
    /// <param name="deviceId">Null for all.</param>
    /// <param name="type">Null for all.</param>
    Task<IReadOnlyList<HubEvent>> ReadLatestEventsAsync(long before, string? deviceId, string? type, int limit, CancellationToken cancellation);

    /// <summary>The sequence number of the latest event; 0 before the first.</summary>
    Task<long> LastEventAsync(CancellationToken cancellation);

    /// <summary>Deletes events that are older, and all but the latest.</summary>
    Task TrimEventsAsync(DateTimeOffset before, int most, CancellationToken cancellation);

    /// <summary>Fails when the store can't be used.</summary>
    Task CheckAsync(CancellationToken cancellation);
}
