using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace EdgeOperator.Agent.LocalApi;

/// <summary>The TCP side of the metrics. An address that can't be had is worth a warning, not a stopped agent.</summary>
internal static partial class MetricsSocket
{
    /// <param name="address"><c>host:port</c> with an IP address or <c>localhost</c>, or <c>off</c>.</param>
    public static Socket? TryBind(string address, ILogger logger)
    {
        if (address == "off")
            return null;

        if (!IPEndPoint.TryParse(address.Replace("localhost:", "127.0.0.1:", StringComparison.Ordinal), out var endPoint))
        {
            LogNotAnAddress(logger, address);
            return null;
        }

        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(endPoint);
            return socket;
        }
        catch (SocketException exception)
        {
            socket.Dispose();
            LogUnavailable(logger, address, exception.Message);
            return null;
        }
    }

    [LoggerMessage(5101, LogLevel.Warning, "Metrics are not served over TCP: api.metrics is \"{Address}\", which is not an IP address and port. Set it to host:port, or off.")]
    private static partial void LogNotAnAddress(ILogger logger, string address);

    [LoggerMessage(5102, LogLevel.Warning, "Metrics are not served on {Address}: {Error}. Set api.metrics to a free address, or off.")]
    private static partial void LogUnavailable(ILogger logger, string address, string error);
}
