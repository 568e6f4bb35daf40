using System.Net;
using EdgeOperator.Core.Protocol.Functions;
using EdgeOperator.Functions.App;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace EdgeOperator.Functions.Http;

/// <summary>
/// Reverse proxies of the operator's own before the host: what they say of a request's client, scheme and host counts as
/// what the host has seen itself, and goes to the workers so. From everyone else such headers are ignored.
/// </summary>
internal sealed class TrustedProxies
{
    private readonly ForwardedHeadersMiddleware _reader;

    private TrustedProxies(ForwardedHeadersOptions options) =>
        _reader = new(_ => Task.CompletedTask, NullLoggerFactory.Instance, Options.Create(options));

    /// <returns>Null when there are none.</returns>
    /// <exception cref="AppException">One is no address and no network.</exception>
    public static TrustedProxies? Of(AppRequest request)
    {
        if (request.TrustedProxies.IsEmpty)
        {
            return null;
        }

        var options = new ForwardedHeadersOptions
        {
            ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedHost | ForwardedHeaders.XForwardedProto,
            ForwardLimit = null,
        };
        options.KnownIPNetworks.Clear();
        options.KnownProxies.Clear();
        foreach (var proxy in request.TrustedProxies)
        {
            if (IPAddress.TryParse(proxy, out var address))
            {
                options.KnownProxies.Add(address);
            }
            else if (System.Net.IPNetwork.TryParse(proxy, out var network))
            {
                options.KnownIPNetworks.Add(network);
            }
            else
            {
                throw new AppException($"\"{proxy}\" is no address of a proxy (trustedProxies): write an IP address such as 10.0.0.2, or a network such as 10.0.0.0/8");
            }
        }

        return new(options);
    }

    /// <summary>Has the connection's address, the scheme and the host be what the proxy says.</summary>
    public void Apply(HttpContext context) => _reader.ApplyForwarders(context);
}
