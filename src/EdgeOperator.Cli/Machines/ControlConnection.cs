using System.Buffers.Binary;
using System.Runtime.Versioning;
using System.Text;
using EdgeOperator.Core.Interop;

namespace EdgeOperator.Cli.Machines;

/// <summary>
/// One session over a connection that ssh keeps, asked for as ssh itself does: this process's files are handed to the keeper, which
/// moves the bytes. Source: OpenSSH, PROTOCOL.mux (version 4 of the protocol); numbers are big-endian.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed unsafe class ControlConnection : IDisposable
{
    private const uint Version = 4;
    private const int LongestPacket = 256 * 1024;

    private readonly int _socket;

    private ControlConnection(int socket) => _socket = socket;

    private enum Packet : uint
    {
        Hello = 1,
        NewSession = 0x10000002,
        AliveCheck = 0x10000004,
        PermissionDenied = 0x80000002,
        Failure = 0x80000003,
        ExitMessage = 0x80000004,
        Alive = 0x80000005,
        SessionOpened = 0x80000006,
        TtyAllocFail = 0x80000008,
    }

    /// <summary>The keeper's process, which wants SIGWINCH when a terminal changes its size.</summary>
    public int Keeper { get; private set; }

    /// <summary>Null when no connection is kept there.</summary>
    /// <param name="path">A control socket.</param>
    public static ControlConnection? Open(string path)
    {
        if (Native.Connect(path) is not (>= 0 and var socket))
            return null;
        var connection = new ControlConnection(socket);
        if (connection.Greet())
            return connection;
        connection.Dispose();
        return null;
    }

    /// <summary>Starts a command.</summary>
    /// <param name="terminal">The kind of terminal, as TERM has it, when the command gets one.</param>
    /// <param name="variables">Of the environment, as <c>NAME=value</c>: those that the keeper's configuration sends and the guest's accepts.</param>
    /// <param name="files">What the command reads, prints to and complains to.</param>
    /// <param name="refusal">Why it was not started.</param>
    /// <returns>Whether it was started.</returns>
    public bool Start(string command, string? terminal, ReadOnlySpan<string> variables, ReadOnlySpan<int> files, out string? refusal)
    {
        const uint NoEscape = uint.MaxValue;
        using var packet = new MemoryStream();
        foreach (var number in (ReadOnlySpan<uint>)[(uint)Packet.NewSession, 0])
            Put(packet, number);
        Put(packet, "");
        foreach (var number in (ReadOnlySpan<uint>)[terminal is null ? 0u : 1, 0, 0, 0, NoEscape])
            Put(packet, number);
        Put(packet, terminal ?? "");
        Put(packet, command);
        foreach (var variable in variables)
            Put(packet, variable);
        Send(packet);
        foreach (var file in files)
            Native.SendFile(_socket, file);

        var answer = Receive();
        refusal = answer is null ? "the connection was closed" : Number(answer, 0) switch
        {
            (uint)Packet.SessionOpened => null,
            (uint)Packet.PermissionDenied or (uint)Packet.Failure => Text(answer, 8),
            var other => $"an answer of type {other:x} is not understood",
        };
        return refusal is null;
    }

    /// <summary>Whether the command ends, or the connection is lost, within a time in milliseconds; waits no longer.</summary>
    public bool EndsWithin(int milliseconds) => Native.IsReadable(_socket, milliseconds);

    /// <summary>The command's exit code; null when the connection was lost before it ended.</summary>
    public int? Wait()
    {
        // The keeper closes once all output is written, which may be after the exit code: whoever hangs up before loses the rest.
        int? code = null;
        while (Receive() is { } packet)
        {
            if (packet.Length >= 12 && Number(packet, 0) == (uint)Packet.ExitMessage)
                code = (int)Number(packet, 8);
        }

        return code;
    }

    public void Dispose() => _ = Native.Close(_socket);

    private bool Greet()
    {
        using var hello = new MemoryStream();
        Put(hello, (uint)Packet.Hello);
        Put(hello, Version);
        Send(hello);
        if (Receive() is not { Length: >= 8 } answer || Number(answer, 0) != (uint)Packet.Hello || Number(answer, 4) != Version)
            return false;

        using var check = new MemoryStream();
        Put(check, (uint)Packet.AliveCheck);
        Put(check, 0u);
        Send(check);
        if (Receive() is not { Length: >= 12 } alive || Number(alive, 0) != (uint)Packet.Alive)
            return false;
        Keeper = (int)Number(alive, 8);
        return true;
    }

    private void Send(MemoryStream packet)
    {
        var bytes = new byte[4 + packet.Length];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, (uint)packet.Length);
        packet.GetBuffer().AsSpan(0, (int)packet.Length).CopyTo(bytes.AsSpan(4));
        fixed (byte* start = bytes)
        {
            for (nint sent = 0; sent < bytes.Length;)
            {
                if (Native.Write(_socket, start + sent, (nuint)(bytes.Length - sent)) is not (> 0 and var count))
                    return;
                sent += count;
            }
        }
    }

    /// <summary>Null when the keeper has closed.</summary>
    private byte[]? Receive() =>
        Fill(4) is { } length && Number(length, 0) is >= 4 and <= LongestPacket and var count ? Fill((int)count) : null;

    private byte[]? Fill(int count)
    {
        var bytes = new byte[count];
        fixed (byte* start = bytes)
        {
            for (nint got = 0; got < count;)
            {
                var read = Native.Read(_socket, start + got, (nuint)(count - got));
                if (read < 0 && System.Runtime.InteropServices.Marshal.GetLastPInvokeError() == Native.Interrupted)
                    continue;
                if (read <= 0)
                    return null;
                got += read;
            }
        }

        return bytes;
    }

    private static uint Number(byte[] packet, int at) => BinaryPrimitives.ReadUInt32BigEndian(packet.AsSpan(at));

    private static string Text(byte[] packet, int at) =>
        packet.Length >= at + 4 && Number(packet, at) is var length && length <= packet.Length - at - 4 ? Encoding.UTF8.GetString(packet, at + 4, (int)length) : "";

    private static void Put(MemoryStream packet, uint number)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, number);
        packet.Write(bytes);
    }

    private static void Put(MemoryStream packet, string text)
    {
        var bytes = PosixText.Encode(text);
        Put(packet, (uint)bytes.Length);
        packet.Write(bytes);
    }
}
