using System.Net.Sockets;
using EdgeOperator.Functions.App;
using EdgeOperator.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace EdgeOperator.Functions.Hosting.Control;

/// <summary>The control API's Unix socket: for its owner and group. A second host in the same folder is refused.</summary>
internal static class ControlSocket
{
    /// <exception cref="AppException">Another host has the folder, or the socket can't be made.</exception>
    public static async Task<HttpServer> StartAsync(string path, Func<HttpContext, Task> answer, ILoggerFactory loggers, CancellationToken cancellation)
    {
        if (File.Exists(path))
        {
            if (await AnswersAsync(path, cancellation))
                throw new AppException($"another host runs here ({path}): stop it first");

            File.Delete(path);
        }

        var server = await HttpServer.StartAsync(new UnixDomainSocketEndPoint(path), answer, loggers, cancellation);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite);

        return server;
    }

    private static async Task<bool> AnswersAsync(string path, CancellationToken cancellation)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellation);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
