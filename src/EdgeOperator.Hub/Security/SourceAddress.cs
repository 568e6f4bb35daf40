using System.Net;
using System.Net.Sockets;

namespace EdgeOperator.Hub.Security;

/// <summary>Who a caller is, to those who share something out among callers.</summary>
internal static class SourceAddress
{
    private const int NetworkBytes = 8;

    /// <summary>The address; of IPv6 its network of 64 bits, all of which whoever has one address has.</summary>
    /// <returns>Empty where it is not known.</returns>
    public static string Of(IPAddress? address) => address switch
    {
        null => "",
        { IsIPv4MappedToIPv6: true } => address.MapToIPv4().ToString(),
        { AddressFamily: AddressFamily.InterNetworkV6 } => Convert.ToHexString(address.GetAddressBytes(), 0, NetworkBytes),
        _ => address.ToString(),
    };

    /// <inheritdoc cref="Of(IPAddress?)"/>
    public static string Of(EndPoint? end) => Of((end as IPEndPoint)?.Address);
}
