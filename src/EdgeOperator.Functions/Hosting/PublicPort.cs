using System.Net;
using EdgeOperator.Core.Protocol.Functions;
using EdgeOperator.Functions.App;
using EdgeOperator.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace EdgeOperator.Functions.Hosting;

/// <summary>Opens the address that an app's request names.</summary>
internal sealed class PublicPort(Func<HttpContext, Task> answer, ILoggerFactory loggers)
{
    /// <returns><paramref name="open"/> where it is the same address.</returns>
    /// <exception cref="AppException">The address is wrong, or can't be had.</exception>
    public async Task<HttpServer> OpenAsync(AppRequest wanted, HttpServer? open, CancellationToken cancellation)
    {
        var endPoint = IPAddress.TryParse(wanted.Address, out var address)
            ? new IPEndPoint(address, wanted.Port)
            : throw new AppException($"\"{wanted.Address}\" is no IP address (address): give one of the device's own, or 0.0.0.0 for all");
        return open is not null && open.Asked.Equals(endPoint) ? open : await HttpServer.StartAsync(endPoint, answer, loggers, cancellation);
    }
}
