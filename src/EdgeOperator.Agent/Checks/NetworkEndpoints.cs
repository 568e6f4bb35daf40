using System.Net;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Git;

namespace EdgeOperator.Agent.Checks;

/// <summary>A server that the device has to reach.</summary>
/// <param name="Source">The source that needs it.</param>
/// <param name="AsksForTime">It speaks HTTP behind TLS, and so tells the time.</param>
/// <param name="CaFile">The certificates that are trusted in place of the system's; null for the system's.</param>
internal sealed record NetworkEndpoint(string Source, string Host, int Port, bool IsHub, bool HasTls, bool AsksForTime, string? CaFile)
{
    public bool IsNamed => !IPAddress.TryParse(Host, out _);

    /// <summary>Those of a configuration's sources. A source on the device itself has none.</summary>
    public static IEnumerable<NetworkEndpoint> Of(AgentConfiguration configuration) => configuration.Sources.SelectMany(Of).Distinct();

    private static IEnumerable<NetworkEndpoint> Of(SourceConfiguration source) => source switch
    {
        TwinSourceConfiguration twin =>
        [
            new(twin.Name, twin.Hub, twin.Port, IsHub: true, HasTls: true, AsksForTime: false, twin.CaFile),
            new(twin.Name, twin.Hub, twin.HttpsPort, IsHub: true, HasTls: true, AsksForTime: true, twin.CaFile),
        ],
        GitSourceConfiguration { Proxy: { } proxy } git when Uri.TryCreate(proxy, UriKind.Absolute, out var uri) => [new(git.Name, uri.IdnHost, uri.Port, IsHub: false, HasTls: false, AsksForTime: false, null)],
        GitSourceConfiguration git => OfGit(git) is { } one ? [one] : [],
        _ => [],
    };

    private static NetworkEndpoint? OfGit(GitSourceConfiguration git)
    {
        try
        {
            var url = GitUrl.Parse(git.Url);
            if (url.Transport == GitTransport.File)
                return null;
            if (Uri.TryCreate(url.Address, UriKind.Absolute, out var uri) && url.Address.Contains("://", StringComparison.Ordinal))
                return new(git.Name, uri.IdnHost, uri.Port > 0 ? uri.Port : 22, IsHub: false, uri.Scheme == "https", uri.Scheme == "https", git.CaFile);

            // user@host:path
            var host = url.Address.Split(':')[0];
            return new(git.Name, host[(host.LastIndexOf('@') + 1)..], 22, IsHub: false, HasTls: false, AsksForTime: false, null);
        }
        catch (FetchException)
        {
            // The source itself says what is wrong with its address.
            return null;
        }
    }
}
