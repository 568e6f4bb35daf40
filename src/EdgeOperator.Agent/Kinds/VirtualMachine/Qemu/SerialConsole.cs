using System.Net.Sockets;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Protocol;

namespace EdgeOperator.Agent.Kinds.VirtualMachine.Qemu;

/// <summary>The serial console of a machine, for one at a time: bytes both ways, as QEMU's <c>chardev</c> of type socket has them.</summary>
public sealed class SerialConsole : IDisposable
{
    /// <summary>The reason of a <see cref="ControlException"/>: somebody is attached already.</summary>
    public const string InUse = "ConsoleInUse";

    /// <summary>The reason of a <see cref="ControlException"/>: there is no console to attach to.</summary>
    public const string NotRunning = "NotRunning";

    /// <summary>Bytes from the end of what was shown before: about a screen.</summary>
    private const int EarlierLength = 2048;

    private readonly FileStream _lock;
    private readonly string _log;

    private SerialConsole(FileStream held, Socket socket, string log) => (_lock, Stream, _log) = (held, new(socket, ownsSocket: true), log);

    /// <summary>What is typed is written to it, what the machine shows from now on is read from it; it ends with the machine.</summary>
    public NetworkStream Stream { get; }

    /// <param name="folder">The machine's.</param>
    /// <exception cref="ControlException"><see cref="InUse"/> or <see cref="NotRunning"/>.</exception>
    public static SerialConsole Open(string machine, string folder)
    {
        var path = Path.Combine(folder, MachineAccess.ConsoleSocketName);
        var held = Lock(machine, path + ".lock");
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(path));
            return new(held, socket, Path.Combine(folder, MachineAccess.ConsoleLogName));
        }
        catch (Exception e) when (e is SocketException or ArgumentException)
        {
            socket.Dispose();
            held.Dispose();
            throw new ControlException(NotRunning, $"{KindNames.VirtualMachine}/{machine} is not running, or an older agent has started it ({e.Message})");
        }
    }

    /// <summary>The end of what was shown before, from the beginning of a line.</summary>
    public ReadOnlyMemory<byte> Earlier()
    {
        try
        {
            using var log = new FileStream(_log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var start = Math.Max(0, log.Length - EarlierLength);
            log.Position = start;
            var buffer = new byte[EarlierLength];
            var end = buffer.AsMemory(0, log.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false));
            return start == 0 ? end : end[(end.Span.IndexOf((byte)'\n') + 1)..];
        }
        catch (IOException)
        {
            return default;
        }
    }

    public void Dispose()
    {
        Stream.Dispose();
        _lock.Dispose();
    }

    // QEMU would leave a second one waiting for the first one's end.
    private static FileStream Lock(string machine, string path)
    {
        try
        {
            return new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (DirectoryNotFoundException)
        {
            throw new ControlException(NotRunning, $"{KindNames.VirtualMachine}/{machine} has not been started yet");
        }
        catch (IOException)
        {
            throw new ControlException(InUse, $"somebody is attached to the console of {KindNames.VirtualMachine}/{machine} already");
        }
    }
}
