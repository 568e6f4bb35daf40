using System.Net.Sockets;

namespace EdgeOperator.Platform.Sockets;

/// <summary>The Unix socket as a file: its folder, its mode and what an agent that died left behind.</summary>
public static class SocketFile
{
    private const UnixFileMode Folder =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute |
        UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    private const UnixFileMode Mode =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite;

    /// <summary>Makes the folder, and removes a socket that nobody answers on.</summary>
    /// <exception cref="SocketInUseException">Somebody answers, or the path is not a socket.</exception>
    public static async Task PrepareAsync(string path, CancellationToken cancellation)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(folder);
        else if (!Directory.Exists(folder))
            Directory.CreateDirectory(folder, Folder);

        if (!Path.Exists(path))
            return;

        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await probe.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellation);
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.ConnectionRefused && IsEmpty(path))
        {
            File.Delete(path);
            return;
        }
        catch (SocketException exception)
        {
            throw new SocketInUseException($"{path} can't be used as the agent's socket ({exception.Message}): remove it, or set api.socket to another path.");
        }

        throw new SocketInUseException($"another agent answers on {path}: stop it, or set api.socket to another path.");
    }

    /// <summary>Binds with the final mode set before anybody can connect: the server listens only afterwards.</summary>
    public static Socket Bind(UnixDomainSocketEndPoint endPoint, string path)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(endPoint);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, Mode);

        return socket;
    }

    /// <remarks>Connecting to an ordinary file is refused too; a socket has no content, so what has some is somebody's file.</remarks>
    private static bool IsEmpty(string path) => new FileInfo(path) is { Exists: true, Length: 0 };
}

/// <summary>The API's socket can't be had. The message says whose it is and what to do.</summary>
public sealed class SocketInUseException(string message) : IOException(message);
