using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using EdgeOperator.Core.Hub;

namespace EdgeOperator.Hub.Replicas;

/// <summary>Where the other replicas reach this one.</summary>
internal static class ReplicaAddress
{
    /// <returns>Null for nowhere.</returns>
    public static string? Of(HubConfiguration configuration) => configuration.Replica.Address switch
    {
        "off" => null,
        "auto" => Own() is { } address ? new IPEndPoint(address, PortOf(configuration.Listen.Https)).ToString() : null,
        var address => address,
    };

    // A pod has one. IPv4 first, since every cluster that has both reaches pods by it.
    private static IPAddress? Own() => NetworkInterface.GetAllNetworkInterfaces()
        .Where(network => network is { OperationalStatus: OperationalStatus.Up, NetworkInterfaceType: not NetworkInterfaceType.Loopback })
        .SelectMany(network => network.GetIPProperties().UnicastAddresses)
        .Select(one => one.Address)
        .Where(address => !IPAddress.IsLoopback(address) && !address.IsIPv6LinkLocal)
        .OrderBy(address => address.AddressFamily == AddressFamily.InterNetwork ? 0 : 1)
        .FirstOrDefault();

    private static int PortOf(string listen) => int.Parse(listen[(listen.LastIndexOf(':') + 1)..], System.Globalization.CultureInfo.InvariantCulture);
}
