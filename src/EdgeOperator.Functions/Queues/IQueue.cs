using System.Collections.Immutable;

namespace EdgeOperator.Functions.Queues;

/// <summary>
/// A queue: the host's own, or one of Azure Storage. A message that is received stays in the queue, unseen by others,
/// until it is deleted or its time is over, so that each is worked on once at least.
/// </summary>
/// <remarks>Every operation throws an <see cref="IOException"/> when the disk or the service did not take it.</remarks>
internal interface IQueue
{
    string Name { get; }

    /// <summary>Adds a message; a queue that is missing is made.</summary>
    Task SendAsync(ReadOnlyMemory<byte> body, CancellationToken cancellation);

    /// <summary>The next messages, oldest first; none when nothing is there.</summary>
    /// <param name="most">1 to 32.</param>
    /// <param name="hold">How long they stay unseen; see <see cref="RenewAsync"/>.</param>
    Task<ImmutableArray<QueueMessage>> ReceiveAsync(int most, TimeSpan hold, CancellationToken cancellation);

    /// <summary>Holds on to a message for that long from now.</summary>
    /// <returns>The message with its new receipt; null when it is no longer held.</returns>
    Task<QueueMessage?> RenewAsync(QueueMessage message, TimeSpan hold, CancellationToken cancellation);

    /// <summary>Lets others see a message after that long.</summary>
    Task ReleaseAsync(QueueMessage message, TimeSpan after, CancellationToken cancellation);

    /// <returns>False when the message is no longer held.</returns>
    Task<bool> DeleteAsync(QueueMessage message, CancellationToken cancellation);

    /// <summary>Moves a message to the queue for those that can't be worked on, NAME-poison.</summary>
    Task PoisonAsync(QueueMessage message, CancellationToken cancellation);

    /// <summary>Waits until there may be something to receive, and not longer than <paramref name="most"/>.</summary>
    Task WaitAsync(TimeSpan most, CancellationToken cancellation);
}

/// <param name="Receipt">Of the latest time it was received or renewed: only who has it may change the message.</param>
/// <param name="DequeueCount">How often it was received; 1 for the first time.</param>
/// <param name="NextVisible">When others see it again.</param>
internal sealed record QueueMessage(
    string Id, string Receipt, int DequeueCount, DateTimeOffset Inserted, DateTimeOffset Expires, DateTimeOffset NextVisible, ReadOnlyMemory<byte> Body)
{
    /// <summary>Bytes of a message's body; Azure Storage takes 64 KiB with the encoding, and code is to run there as it does here.</summary>
    public const int MaxBytes = 65_536;

    /// <summary>Its body is not in the encoding that host.json names; <see cref="Body"/> has it as it was found.</summary>
    public bool IsMalformed { get; init; }
}
