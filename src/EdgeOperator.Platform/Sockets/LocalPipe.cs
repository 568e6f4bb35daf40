using System.IO.Pipes;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Security.Principal;

namespace EdgeOperator.Platform.Sockets;

/// <summary>Named pipes of this machine, by their whole names: <c>\\.\pipe\NAME</c>.</summary>
public static partial class LocalPipe
{
    private const string Prefix = @"\\.\pipe\";

    /// <summary>Milliseconds for one all of whose instances serve others at this moment.</summary>
    private const int Busy = 2000;

    /// <summary>ERROR_FILE_NOT_FOUND.</summary>
    private const int NotFound = 2;

    /// <summary>Null for what is no pipe's name.</summary>
    public static string? NameOf(string path) =>
        OperatingSystem.IsWindows() && path.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) && path.Length > Prefix.Length ? path[Prefix.Length..] : null;

    /// <summary>Connects to a pipe on which somebody listens already. The listener may know the caller's name, and can't act in it.</summary>
    /// <exception cref="FileNotFoundException">Nobody listens.</exception>
    /// <exception cref="IOException">It is busy, or the caller may not connect.</exception>
    public static async ValueTask<Stream> ConnectAsync(string name, CancellationToken cancellation)
    {
        // .NET waits for a pipe that is not there until its time is over.
        if (OperatingSystem.IsWindows() && !Exists(name))
            throw new FileNotFoundException($"nobody listens on the pipe {Prefix}{name}");
        var pipe = new NamedPipeClientStream(".", name, PipeDirection.InOut, PipeOptions.Asynchronous, TokenImpersonationLevel.Identification);
        try
        {
            await pipe.ConnectAsync(Busy, cancellation);
            return pipe;
        }
        catch (TimeoutException e)
        {
            await pipe.DisposeAsync();
            throw new IOException($"the pipe {Prefix}{name} is busy", e);
        }
        catch (UnauthorizedAccessException e)
        {
            await pipe.DisposeAsync();
            throw new IOException($"the pipe {Prefix}{name} lets only administrators and its owner in", e);
        }
        catch
        {
            await pipe.DisposeAsync();
            throw;
        }
    }

    /// <summary>Whether somebody listens. It is asked without connecting, which looking for a file would do.</summary>
    [SupportedOSPlatform("windows")]
    public static bool Exists(string name) => WaitNamedPipe(Prefix + name, 1) || Marshal.GetLastPInvokeError() != NotFound;

    /// <summary>Source: winbase.h; with a time of 1 ms it says whether there is one.</summary>
    [SupportedOSPlatform("windows")]
    [LibraryImport("kernel32", EntryPoint = "WaitNamedPipeW", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool WaitNamedPipe(string name, uint milliseconds);
}
