using EdgeOperator.Hub.Identities;

namespace EdgeOperator.Hub.Messages;

/// <summary>A message from the cloud to a device.</summary>
/// <param name="Sequence">0 until it is stored.</param>
/// <param name="Properties">A property bag, system properties included.</param>
internal sealed record DeviceMessage(long Sequence, string Properties, byte[] Body, DateTimeOffset Enqueued, DateTimeOffset Expires);

/// <summary>A message from a device.</summary>
/// <param name="Sequence">0 until it is stored.</param>
/// <param name="Properties">A property bag, system properties included.</param>
internal sealed record TelemetryMessage(long Sequence, IdentityKey From, DateTimeOffset At, string Properties, byte[] Body);
