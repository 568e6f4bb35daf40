using System.Buffers;
using System.IO.Pipelines;
using EdgeOperator.Hub.Mqtt;
using Microsoft.AspNetCore.Connections;
using MQTTnet.Packets;

namespace EdgeOperator.Hub.Tests.Mqtt;

public sealed class MqttChannelTests
{
    private const int Senders = 4;
    private const int Packets = 5_000;

    [Fact]
    public async Task Whoever_sends_at_the_same_time_every_packet_arrives_whole_and_in_its_senders_order()
    {
        // As TLS has it: a pipe writer on a stream.
        var wire = new Pipe(new(pauseWriterThreshold: 0));
        var connection = new DefaultConnectionContext { Transport = new Duplex(new Pipe().Reader, PipeWriter.Create(wire.Writer.AsStream())) };
        var channel = new MqttChannel(connection, null);

        await Task.WhenAll(Enumerable.Range(0, Senders).Select(sender => Task.Run(() =>
        {
            for (var i = 0; i < Packets; i++)
                channel.Send(new MqttPublishPacket { Topic = $"{sender}", PayloadSegment = BitConverter.GetBytes(i) }).Should().BeTrue();
        })));
        await channel.EndAsync(TimeProvider.System);
        await wire.Writer.CompleteAsync();

        var arrived = await ReadAsync(wire.Reader);
        for (var sender = 0; sender < Senders; sender++)
            arrived.Where(p => p.Topic == $"{sender}").Select(p => BitConverter.ToInt32(p.Payload.ToArray())).Should().Equal(Enumerable.Range(0, Packets));
        channel.Send(new MqttPingRespPacket()).Should().BeFalse();
    }

    private static async Task<List<MqttPublishPacket>> ReadAsync(PipeReader reader)
    {
        var channel = new MqttChannel(new DefaultConnectionContext { Transport = new Duplex(reader, new Pipe().Writer) }, null);
        var packets = new List<MqttPublishPacket>();
        while (await channel.ReadAsync(1024, CancellationToken.None) is { } frame)
            packets.Add((MqttPublishPacket)MqttChannel.Decode(frame));
        return packets;
    }

    private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
