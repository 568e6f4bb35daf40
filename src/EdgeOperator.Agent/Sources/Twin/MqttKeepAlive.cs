using MQTTnet;
using MQTTnet.Exceptions;

namespace EdgeOperator.Agent.Sources.Twin;

/// <summary>
/// Pings the other side of an MQTT connection, so that it knows of this one, and this one of it. MQTTnet would look four times a second
/// whether a ping is due, and keep the processor of a device awake that has nothing else to do.
/// </summary>
/// <param name="interval">Between two pings.</param>
/// <param name="timeout">For an answer.</param>
internal sealed class MqttKeepAlive(IMqttClient client, TimeSpan interval, TimeSpan timeout, TimeProvider time)
{
    /// <summary>What is promised to the other side, which ends the connection after half as much again without a packet.</summary>
    public static readonly TimeSpan Promised = TimeSpan.FromMinutes(3);

    public MqttKeepAlive(IMqttClient client, TimeProvider time)
        : this(client, Promised * 2 / 3, TimeSpan.FromSeconds(30), time)
    {
    }

    /// <summary>Has MQTTnet promise pings when it connects, and send none itself: it reads the option once for each.</summary>
    /// <returns>Disposed of when the connection is open.</returns>
    public static IDisposable TakeOver(IMqttClient client, MqttClientOptions options) => new Handover(client, options);

    /// <summary>Runs until the connection has ended, or nobody answers any more.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        try
        {
            while (client.IsConnected)
            {
                await Task.Delay(interval, time, cancellation);
                using var deadline = new CancellationTokenSource(timeout, time);
                using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellation);
                await client.PingAsync(either.Token);
            }
        }
        catch (Exception e) when (e is MqttCommunicationException or OperationCanceledException or InvalidOperationException or ObjectDisposedException)
        {
            // It is over, one way or the other.
        }
    }

    private sealed class Handover : IDisposable
    {
        private readonly IMqttClient _client;
        private readonly MqttClientOptions _options;

        public Handover(IMqttClient client, MqttClientOptions options)
        {
            (_client, _options) = (client, options);
            _options.KeepAlivePeriod = Promised;
            _client.InspectPacketAsync += AfterConnectPacketAsync;
        }

        public void Dispose() => _client.InspectPacketAsync -= AfterConnectPacketAsync;

        // The first packet is the CONNECT, which has the promise in it.
        private Task AfterConnectPacketAsync(MQTTnet.Diagnostics.PacketInspection.InspectMqttPacketEventArgs packet)
        {
            _options.KeepAlivePeriod = TimeSpan.Zero;
            return Task.CompletedTask;
        }
    }
}
