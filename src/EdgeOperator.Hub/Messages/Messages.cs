using EdgeOperator.Hub.Identities;

namespace EdgeOperator.Hub.Messages;

/// <summary>A message from the cloud to a device.</summary>
/// <param name="Sequence">0 until it is stored.</param>
/// <param name="Properties">A property bag, system properties included.</param>
internal sealed record DeviceMessage(long Sequence, string Properties, byte[] Body, DateTimeOffset Enqueued, DateTimeOffset Expires)
{
    /// <summary>As its sender named it; null when it has no name.</summary>
    public string? Id { get; init; }

    public Acknowledgement Ack { get; init; }
}

/// <summary>Which outcomes of a message its sender wants to be told. Stored as numbers.</summary>
internal enum Acknowledgement
{
    None = 0,

    /// <summary>That the device has received it.</summary>
    Positive = 1,

    /// <summary>That it never will.</summary>
    Negative = 2,
    Full = 3,
}

/// <summary>What became of a message, by IoT Hub's names. Stored as numbers.</summary>
internal enum MessageOutcome
{
    Success = 1,
    Expired = 2,
    DeliveryCountExceeded = 3,
    Purged = 4,
}

/// <summary>What the sender of a message is told of it.</summary>
/// <param name="At">When it came to this outcome.</param>
internal sealed record Feedback(string? MessageId, string DeviceId, string GenerationId, DateTimeOffset At, MessageOutcome Outcome);

/// <summary>A message from a device.</summary>
/// <param name="Sequence">0 until it is stored.</param>
/// <param name="Properties">A property bag, system properties included.</param>
internal sealed record TelemetryMessage(long Sequence, IdentityKey From, DateTimeOffset At, string Properties, byte[] Body);
