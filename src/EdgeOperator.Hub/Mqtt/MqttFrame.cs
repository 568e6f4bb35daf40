using System.Buffers;
using MQTTnet.Adapter;

namespace EdgeOperator.Hub.Mqtt;

/// <summary>Cuts MQTT packets out of a stream of bytes. What is too large is refused by its length alone, before any of it is kept.</summary>
/// <remarks>Source: MQTT 3.1.1, section 2.2 (http://docs.oasis-open.org/mqtt/mqtt/v3.1.1/).</remarks>
internal static class MqttFrame
{
    /// <param name="limit">Bytes that may follow the fixed header.</param>
    /// <param name="frame">The packet, when it is complete; its bytes are a copy.</param>
    /// <returns>Whether there was a complete packet, which <paramref name="buffer"/> then lacks.</returns>
    /// <exception cref="MqttException">The packet is longer than allowed, or its length is none.</exception>
    public static bool TryRead(ref ReadOnlySequence<byte> buffer, int limit, out ReceivedMqttPacket frame)
    {
        frame = default;
        var reader = new SequenceReader<byte>(buffer);
        if (!reader.TryRead(out var first))
            return false;
        var length = 0;
        for (var shift = 0; ; shift += 7)
        {
            if (shift > 21)
                throw new MqttException("a packet's length has more than 4 bytes");
            if (!reader.TryRead(out var part))
                return false;
            length |= (part & 0x7F) << shift;
            if (length > limit)
                throw new MqttException($"a packet is longer than {limit} bytes");
            if ((part & 0x80) == 0)
                break;
        }

        if (reader.Remaining < length)
            return false;
        var body = buffer.Slice(reader.Position, length);
        frame = new(first, new ArraySegment<byte>(body.ToArray()), (int)reader.Consumed + length);
        buffer = buffer.Slice(body.End);
        return true;
    }
}

/// <summary>A client that does not keep to the protocol; its connection ends.</summary>
internal sealed class MqttException(string message) : Exception(message);
