using System.IO.Pipes;
using EdgeOperator.Platform.Sockets;

namespace EdgeOperator.Agent.Engine;

/// <summary>Addresses of engines as they are configured.</summary>
internal static class EngineAddress
{
    private const string Auto = "auto";
    private const string Unix = "unix://";
    private const string Pipe = "npipe://";

    private static readonly string[] Usual = OperatingSystem.IsWindows()
        ? ["npipe:////./pipe/docker_engine"]
        : ["unix:///var/run/docker.sock", "unix:///run/podman/podman.sock"];

    /// <summary>
    /// The address itself, or for <c>auto</c> what is found at this moment: <c>$DOCKER_HOST</c> when it names a socket that
    /// exists, else the first of the usual sockets that exists, else the first of them.
    /// </summary>
    public static string Resolve(string address) => address == Auto
        ? Usual.Prepend(Environment.GetEnvironmentVariable("DOCKER_HOST") ?? "").FirstOrDefault(Exists) ?? Usual[0]
        : address;

    /// <param name="address">A resolved one.</param>
    public static async ValueTask<Stream> ConnectAsync(string address, CancellationToken cancellation) => address.StartsWith(Pipe, StringComparison.Ordinal)
        ? await ConnectPipeAsync(address[Pipe.Length..], cancellation)
        : await UnixSocket.ConnectAsync(address[Unix.Length..], cancellation);

    private static async Task<Stream> ConnectPipeAsync(string path, CancellationToken cancellation)
    {
        var parts = path.Trim('/').Split('/');
        if (OperatingSystem.IsWindows() && parts[0] == ".")
            return await LocalPipe.ConnectAsync(parts[^1], cancellation);
        var pipe = new NamedPipeClientStream(parts[0], parts[^1], PipeDirection.InOut, PipeOptions.Asynchronous);
        try
        {
            await pipe.ConnectAsync(cancellation);
            return pipe;
        }
        catch
        {
            await pipe.DisposeAsync();
            throw;
        }
    }

    private static bool Exists(string address) =>
        (address.StartsWith(Unix, StringComparison.Ordinal) && File.Exists(address[Unix.Length..]))
        || (address.StartsWith(Pipe, StringComparison.Ordinal) && File.Exists(address[Pipe.Length..].Replace('/', '\\')));
}
