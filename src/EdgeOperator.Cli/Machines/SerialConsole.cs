using System.Net.Sockets;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Protocol;

namespace EdgeOperator.Cli.Machines;

/// <summary>The serial console of a machine, for one at a time: bytes both ways, as QEMU's <c>chardev</c> of type socket has them.</summary>
internal sealed class SerialConsole : IDisposable
{
    /// <summary>Ctrl-], as telnet and virsh have it.</summary>
    public const byte Detach = 0x1d;

    /// <summary>Bytes from the end of what was shown before: about a screen.</summary>
    private const int Earlier = 2048;

    private const int BufferSize = 4096;

    private readonly FileStream _lock;
    private readonly Socket _socket;
    private readonly string _log;

    private SerialConsole(FileStream held, Socket socket, string log) => (_lock, _socket, _log) = (held, socket, log);

    /// <param name="folder">The machine's.</param>
    /// <exception cref="UserError">The machine does not run, or somebody is attached already.</exception>
    public static SerialConsole Open(string machine, string folder)
    {
        var path = Path.Combine(folder, MachineAccess.ConsoleSocketName);

        // QEMU would leave a second one waiting for the first one's end.
        FileStream held;
        try
        {
            held = new(path + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            throw new UserError(ExitCode.Failed, $"somebody is attached to the console of {KindNames.VirtualMachine}/{machine} already: `edgeop logs {KindNames.VirtualMachine}/{machine} -f` shows what it prints");
        }

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
            throw new UserError(ExitCode.AgentUnreachable, $"{KindNames.VirtualMachine}/{machine} is not running, or an older agent has started it ({e.Message}): `edgeop vm start {machine}` or `edgeop vm restart {machine}` helps");
        }
    }

    /// <summary>Shows the end of what was printed before, then goes on until the key, the end of the machine, or cancellation.</summary>
    /// <param name="input">Null for none: then the console is only shown.</param>
    /// <param name="isTerminal">Whether <see cref="Detach"/> is a key.</param>
    /// <returns>Whether it was left by the key.</returns>
    public async Task<bool> AttachAsync(Stream? input, bool isTerminal, Stream output, CancellationToken cancellation)
    {
        await output.WriteAsync(End(), cancellation);
        await output.FlushAsync(cancellation);
        await using var console = new NetworkStream(_socket);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var shown = CopyAsync(console, output, over.Token);
        var typed = input is null ? Never(over.Token) : TypeAsync(input, isTerminal, console, over.Token);
        var first = await Task.WhenAny(shown, typed);
        var detached = first == typed && await typed;

        // What is piped in has an end; its answer may still come.
        if (!detached)
            await shown;
        await over.CancelAsync();
        return detached;
    }

    public void Dispose()
    {
        _socket.Dispose();
        _lock.Dispose();
    }

    private ReadOnlyMemory<byte> End()
    {
        try
        {
            using var log = new FileStream(_log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var start = Math.Max(0, log.Length - Earlier);
            log.Position = start;
            var buffer = new byte[Earlier];
            var end = buffer.AsMemory(0, log.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false));
            return start == 0 ? end : end[(end.Span.IndexOf((byte)'\n') + 1)..];
        }
        catch (IOException)
        {
            return default;
        }
    }

    private static async Task CopyAsync(Stream console, Stream output, CancellationToken cancellation)
    {
        var buffer = new byte[BufferSize];
        try
        {
            int count;
            while ((count = await console.ReadAsync(buffer, cancellation)) > 0)
            {
                await output.WriteAsync(buffer.AsMemory(0, count), cancellation);
                await output.FlushAsync(cancellation);
            }
        }
        catch (IOException)
        {
            // The machine has ended.
        }
    }

    /// <returns>Whether the key was pressed; false at the end of the input.</returns>
    private static async Task<bool> TypeAsync(Stream input, bool isTerminal, Stream console, CancellationToken cancellation)
    {
        // Of a terminal that nobody types at there is no end.
        return await Task.Run(
            async () =>
            {
                var buffer = new byte[BufferSize];
                int count;
                while ((count = await input.ReadAsync(buffer, cancellation)) > 0)
                {
                    var key = isTerminal ? buffer.AsSpan(0, count).IndexOf(Detach) : -1;
                    await console.WriteAsync(buffer.AsMemory(0, key < 0 ? count : key), cancellation);
                    if (key >= 0)
                        return true;
                }

                return false;
            },
            cancellation);
    }

    private static async Task<bool> Never(CancellationToken cancellation)
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellation);
        return false;
    }
}
