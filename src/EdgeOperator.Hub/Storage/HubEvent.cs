using System.Text.Json.Nodes;
using EdgeOperator.Hub.Identities;

namespace EdgeOperator.Hub.Storage;

/// <summary>Something that has happened at the hub, for whoever watches it live.</summary>
/// <param name="Sequence">Ascending; 0 until it is stored.</param>
/// <param name="Type">One of <see cref="EventTypes"/>.</param>
/// <param name="Actor">Who asked for it; null for what a device or the hub did by itself.</param>
/// <param name="Message">For people.</param>
internal sealed record HubEvent(long Sequence, DateTimeOffset At, string Type, IdentityKey? Key, string? Actor, string Message, JsonObject? Data = null);

/// <summary>Names of events. Those of devices and twins are what IoT Hub calls the operations in its own event schemas.</summary>
internal static class EventTypes
{
    public const string DeviceConnected = "deviceConnected";
    public const string DeviceDisconnected = "deviceDisconnected";
    public const string DeviceCreated = "createDeviceIdentity";
    public const string DeviceRemoved = "deleteDeviceIdentity";
    public const string DeviceDecommissioned = "decommissionDevice";
    public const string TwinUpdated = "updateTwin";
    public const string EnrollmentRequested = "enrollmentRequested";
    public const string EnrollmentApproved = "enrollmentApproved";
    public const string EnrollmentDenied = "enrollmentDenied";
    public const string RolloutProgressed = "rolloutProgressed";
    public const string RevisionAssigned = "revisionAssigned";
    public const string AlertFiring = "alertFiring";
    public const string AlertResolved = "alertResolved";
    public const string RepositoryRequested = "repositoryRequested";
    public const string RepositorySynced = "repositorySynced";
    public const string RepositoryFailed = "repositoryFailed";
    public const string Audited = "audited";
    public const string RemoteOpened = "remoteOpened";
    public const string RemoteClosed = "remoteClosed";
}
