using System.Collections.Immutable;
using System.Net;
using EdgeOperator.Core.Protocol.Functions;

namespace EdgeOperator.Functions.App;

/// <summary>Settings that the cloud's platform, or its tools on a developer's machine, give to every app; the app's own go before them.</summary>
internal static class PlatformSettings
{
    private const string Environment = "AZURE_FUNCTIONS_ENVIRONMENT";
    private const string HostName = "WEBSITE_HOSTNAME";

    public static ImmutableSortedDictionary<string, string> AddTo(AppRequest request, bool isDevelopment)
    {
        var settings = request.Settings;
        if (isDevelopment && SettingNames.Find(settings, Environment) is null)
        {
            settings = settings.Add(Environment, "Development");
        }

        // A port that is not known yet is of no use to anyone.
        return request.Port > 0 && SettingNames.Find(settings, HostName) is null ? settings.Add(HostName, $"{HostOf(request.Address)}:{request.Port}") : settings;
    }

    private static string HostOf(string address) =>
        !IPAddress.TryParse(address, out var ip) ? address
        : IPAddress.IsLoopback(ip) ? "localhost"
        : ip.Equals(IPAddress.Any) || ip.Equals(IPAddress.IPv6Any) ? Dns.GetHostName()
        : ip.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? $"[{ip}]"
        : address;
}
