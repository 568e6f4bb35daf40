using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using EdgeOperator.Core.Protocol.Hub;
using EdgeOperator.Hub.Identities;
using EdgeOperator.Hub.Messages;
using EdgeOperator.Hub.Storage;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace EdgeOperator.Hub.Mqtt;

/// <summary>A device's answer to a direct method.</summary>
internal sealed record MethodAnswer(int Status, byte[] Payload);

/// <summary>One connection of a device or module: what it has subscribed to, what it is sent, and what it still owes an answer to.</summary>
internal sealed class DeviceSession(IdentityKey key, MqttChannel channel, long epoch, DateTimeOffset expires, TimeSpan idleLimit, TimeProvider time)
{
    /// <summary>Of a message that is never acknowledged.</summary>
    private const int MostDeliveries = 10;

    private ConcurrentDictionary<string, TaskCompletionSource<MethodAnswer>>? _methods;
    private volatile DeviceMessage? _inFlight;
    private int _nextPacket;
    private int _sendRequests;
    private long _lastHeard = time.GetTimestamp();
    private volatile int _subscriptions;

    public IdentityKey Key { get; } = key;

    public MqttChannel Channel { get; } = channel;

    public long Epoch { get; } = epoch;

    /// <summary>A timestamp of the hub's time provider.</summary>
    public long ConnectedAt { get; } = time.GetTimestamp();

    public Subscriptions Subscriptions
    {
        get => (Subscriptions)_subscriptions;
        set => _subscriptions = (int)value;
    }

    /// <summary>Whether it has been silent for too long, or its proof of identity has ended.</summary>
    public bool IsOver(DateTimeOffset now) =>
        now > expires || time.GetElapsedTime(Volatile.Read(ref _lastHeard)) > idleLimit;

    public void Heard() => Volatile.Write(ref _lastHeard, time.GetTimestamp());

    public bool Publish(string topic, byte[] payload, MqttQualityOfServiceLevel quality = MqttQualityOfServiceLevel.AtMostOnce, ushort packet = 0) =>
        Channel.Send(new MqttPublishPacket { Topic = topic, PayloadSegment = payload, QualityOfServiceLevel = quality, PacketIdentifier = packet });

    /// <summary>Tells of a change of desired properties, if it wants to know.</summary>
    public void NotifyDesired(string patch, long version)
    {
        if (Subscriptions.HasFlag(Subscriptions.DesiredProperties))
            Publish($"$iothub/twin/PATCH/properties/desired/?$version={version}", Encoding.UTF8.GetBytes(WithVersion(patch, version)));
    }

    /// <returns>Null when the device did not answer in time, or its connection ended.</returns>
    public async Task<MethodAnswer?> InvokeAsync(string method, byte[] payload, TimeSpan timeout, CancellationToken cancellation)
    {
        var request = Guid.NewGuid().ToString("N");

        // Most devices are never called.
        var methods = LazyInitializer.EnsureInitialized(ref _methods, () => new(concurrencyLevel: 1, capacity: 1));
        var answer = methods[request] = new(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            if (!Publish($"$iothub/methods/POST/{method}/?$rid={request}", payload))
                return null;
            return await answer.Task.WaitAsync(timeout, time, cancellation);
        }
        catch (TimeoutException)
        {
            return null;
        }
        finally
        {
            methods.TryRemove(request, out _);
        }
    }

    public void Answer(string request, MethodAnswer answer)
    {
        if (_methods?.TryRemove(request, out var waiting) == true)
            waiting.TrySetResult(answer);
    }

    /// <summary>Sends the next message when none is in flight: one at a time and in order. Whoever comes while somebody sends leaves it to them.</summary>
    /// <exception cref="StoreException">The store can't be used.</exception>
    public async Task SendMessagesAsync(IHubStore store, CancellationToken cancellation)
    {
        if (Interlocked.Increment(ref _sendRequests) != 1)
            return;
        try
        {
            int seen;
            do
            {
                seen = Volatile.Read(ref _sendRequests);
                await SendWaitingAsync(store, cancellation);
            }
            while (Interlocked.CompareExchange(ref _sendRequests, 0, seen) != seen);
        }
        catch
        {
            Volatile.Write(ref _sendRequests, 0);
            throw;
        }
    }

    /// <summary>The device has received what was in flight.</summary>
    public async Task AcknowledgeAsync(ushort packet, IHubStore store, CancellationToken cancellation)
    {
        if (_inFlight is not { } message || packet != InFlightPacket)
            return;
        await store.CompleteMessageAsync(message.Sequence, time.GetUtcNow(), cancellation);
        _inFlight = null;
        await SendMessagesAsync(store, cancellation);
    }

    /// <summary>Ends the connection in order.</summary>
    public void Close() => Channel.Close();

    /// <summary>Nobody will answer any more.</summary>
    public void Abandon()
    {
        foreach (var request in _methods?.Keys ?? [])
            if (_methods!.TryRemove(request, out var waiting))
                waiting.TrySetException(new TimeoutException());
    }

    private ushort InFlightPacket { get; set; }

    private async Task SendWaitingAsync(IHubStore store, CancellationToken cancellation)
    {
        while (_inFlight is null && Subscriptions.HasFlag(Subscriptions.Messages)
            && await store.NextMessageAsync(Key.DeviceId, MostDeliveries, time.GetUtcNow(), cancellation) is { } message)
        {
            var isAcknowledged = Subscriptions.HasFlag(Subscriptions.AcknowledgedMessages);
            InFlightPacket = (ushort)((_nextPacket++ % ushort.MaxValue) + 1);
            _inFlight = isAcknowledged ? message : null;
            var isSent = isAcknowledged
                ? Publish(TopicOf(message), message.Body, MqttQualityOfServiceLevel.AtLeastOnce, InFlightPacket)
                : Publish(TopicOf(message), message.Body);
            if (!isSent)
                return;
            if (!isAcknowledged)
                await store.CompleteMessageAsync(message.Sequence, time.GetUtcNow(), cancellation);
        }
    }

    private static string WithVersion(string patch, long version) =>
        patch == "{}" ? $$"""{"$version":{{version}}}""" : $$"""{{patch[..^1]}},"$version":{{version}}}""";

    // C#'s SDK needs the bag to be there, and times with seven digits.
    private string TopicOf(DeviceMessage message)
    {
        var to = new KeyValuePair<string, string?>("$.to", $"/devices/{Key.DeviceId}/messages/deviceBound");
        var created = new KeyValuePair<string, string?>("$.ctime", message.Enqueued.UtcDateTime.ToString("o", CultureInfo.InvariantCulture));
        var bag = PropertyBag.Write([to, created, .. PropertyBag.Parse(message.Properties)]);
        return $"devices/{Key.DeviceId}/messages/devicebound/{bag}";
    }
}
