using System.Runtime.Versioning;
using EdgeOperator.Core.Protocol;

namespace EdgeOperator.Cli.Machines;

/// <summary>
/// Has a program in a guest hung up when this process ends without having waited for it, whatever ends it: a second session beside
/// the program's waits for the end of a pipe that this process alone holds open.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class HangUp : IDisposable
{
    /// <summary>A program that is over sooner is not worth a second session. Milliseconds.</summary>
    public const int Delay = 300;

    private readonly int _pipe;
    private readonly ControlConnection? _connection;

    /// <param name="session">The program's mark.</param>
    public HangUp(MachineAccess access, string user, string session)
    {
        (var read, _pipe) = Native.Pipe();
        if (read < 0)
            return;
        _connection = KeptConnection.TryOpen(access, user);
        var nothing = Native.Open("/dev/null", 2);
        _connection?.Start(GuestLine.HangUpAtEnd(session), null, [], [read, nothing, nothing], out _);
        _ = Native.Close(nothing);
        _ = Native.Close(read);
    }

    /// <summary>The program has ended.</summary>
    public void Dispose()
    {
        if (_pipe < 0)
            return;
        Native.WriteLine(_pipe);
        _ = Native.Close(_pipe);

        // To the end, so that the line is not lost with the connection.
        _connection?.Wait();
        _connection?.Dispose();
    }
}
