using System.Net.Sockets;
using EdgeOperator.Functions.App;
using EdgeOperator.Functions.Http;
using EdgeOperator.Platform.Files;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace EdgeOperator.Functions.Hosting.Endpoints;

/// <summary>The control API's Unix socket: for its owner and group.</summary>
internal static class ControlSocket
{
    /// <exception cref="AppException">The socket can't be made.</exception>
    public static async Task<HttpServer> StartAsync(string path, Func<HttpContext, Task> answer, ILoggerFactory loggers, CancellationToken cancellation)
    {
        // Left by a host that was killed: the folder is ours alone.
        StateFile.Delete(path);
        var server = await HttpServer.StartAsync(new UnixDomainSocketEndPoint(path), answer, loggers, cancellation);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite);

        return server;
    }
}
