using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime.Versioning;
using EdgeOperator.Platform.Files;

namespace EdgeOperator.Agent.Kinds.VirtualMachine.Tunnel;

/// <summary>Gives each connection to a Unix socket an sshd of its own, which has it as standard input and output.</summary>
[SupportedOSPlatform("linux")]
public static class HostListener
{
    /// <summary>A guest needs one connection for each of its users that calls the host; more wait.</summary>
    private const int MostConnections = 64;

    /// <summary>Runs until the process is ended.</summary>
    /// <param name="path">In a folder that only this process's user may look into.</param>
    public static async Task RunAsync(string path, string sshd, string configuration)
    {
        // Without it sshd gives up; packages have it made by the service that they bring.
        if (Environment.IsPrivilegedProcess)
            Directory.CreateDirectory("/run/sshd");
        File.Delete(path);
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        using var free = new SemaphoreSlim(MostConnections);
        while (true)
        {
            await free.WaitAsync();
            using var connection = await listener.AcceptAsync();
            var server = Start(connection, new(sshd, ["-i", "-e", "-f", configuration]) { WorkingDirectory = "/" });
            _ = FreeAsync(server, free);
        }
    }

    // A child inherits standard input and output, and no other file.
    private static Process Start(Socket connection, ProcessStartInfo server)
    {
        using var nothing = File.OpenHandle("/dev/null", FileMode.Open, FileAccess.ReadWrite);
        foreach (var file in (int[])[0, 1])
            Posix.Replace(file, (int)connection.Handle);
        try
        {
            return Process.Start(server)!;
        }
        finally
        {
            foreach (var file in (int[])[0, 1])
                Posix.Replace(file, (int)nothing.DangerousGetHandle());
        }
    }

    private static async Task FreeAsync(Process server, SemaphoreSlim free)
    {
        using (server)
            await server.WaitForExitAsync();
        free.Release();
    }
}
