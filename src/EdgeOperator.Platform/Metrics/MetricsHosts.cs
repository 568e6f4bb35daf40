using System.Collections.Immutable;
using System.Net;

namespace EdgeOperator.Platform.Metrics;

/// <summary>
/// Which Host headers a TCP listener answers. A web page can have its own DNS name resolve to the device (DNS rebinding) and read
/// what a browser inside the network can reach; the Host header then has the page's name, which is not among these.
/// </summary>
public static class MetricsHosts
{
    /// <param name="host">The header's name or address without the port; IPv6 addresses may be in brackets.</param>
    /// <param name="local">The address that the client has connected to.</param>
    /// <param name="configured">Further names and addresses.</param>
    public static bool IsAllowed(string host, IPAddress? local, ImmutableArray<string> configured)
    {
        var name = host.TrimEnd('.');
        if (name.Equals("localhost", StringComparison.OrdinalIgnoreCase))
            return true;

        if (IPAddress.TryParse(host.Trim('[', ']'), out var address))
            return IPAddress.IsLoopback(Plain(address)) || (local is not null && Plain(address).Equals(Plain(local))) || Names(host.Trim('[', ']'));

        return name.Length > 0 && Names(name);

        bool Names(string wanted) => configured.Any(c => c.Trim('[', ']').TrimEnd('.').Equals(wanted, StringComparison.OrdinalIgnoreCase));
    }

    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
