namespace EdgeOperator.Portal.Components;

/// <summary>Types of events as words: <c>deviceConnected</c> is shown as "Device connected".</summary>
public static class EventWords
{
    /// <summary>All that the hub has, for the filter.</summary>
    public static IReadOnlyList<string> Types { get; } =
    [
        "deviceConnected", "deviceDisconnected", "createDeviceIdentity", "deleteDeviceIdentity", "decommissionDevice", "updateTwin", "enrollmentRequested", "enrollmentApproved", "enrollmentDenied",
        "rolloutProgressed", "revisionAssigned", "repositoryRequested", "repositorySynced", "repositoryFailed", "alertFiring", "alertResolved", "remoteOpened", "remoteClosed", "audited",
    ];

    public static string Of(string type) =>
        string.Concat(type.Select((letter, at) => at == 0 ? char.ToUpperInvariant(letter).ToString() : char.IsAsciiLetterUpper(letter) ? $" {char.ToLowerInvariant(letter)}" : letter.ToString()));
}
