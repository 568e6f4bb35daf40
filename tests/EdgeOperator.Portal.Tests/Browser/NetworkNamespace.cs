using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace EdgeOperator.Portal.Tests.Browser;

/// <summary>A network namespace with nothing but its loopback interface, and a socket of this process that listens there.</summary>
/// <param name="Listener">At 127.0.0.1.</param>
/// <param name="Descriptor">Of the namespace, in this process.</param>
internal sealed record NetworkNamespace(Socket Listener, int Descriptor)
{
    // Numbers of Linux on x86-64 and arm64: linux/sched.h, linux/socket.h, linux/sockios.h, linux/if.h, asm-generic/fcntl.h.
    private const int NewNetwork = 0x40000000;
    private const int Ipv4 = 2;
    private const int Stream = 1;
    private const int SetFlags = 0x8914;
    private const int Up = 1;
    private const int NameLength = 16;
    private const int ReadOnly = 0;

    private static readonly byte[] Own = "/proc/thread-self/ns/net\0"u8.ToArray();
    private static readonly byte[] AnyPortOfLoopback = [Ipv4, 0, 0, 0, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0];

    /// <exception cref="InvalidOperationException">It can't be made, as by whoever is not root.</exception>
    [SuppressMessage("Usage", "xUnit1031", Justification = "It waits for nothing but system calls.")]
    public static NetworkNamespace Make()
    {
        var made = (Socket: -1, Namespace: -1, Error: 0);

        // A namespace is a thread's, and what a thread starts has its own: this one calls the system only, and is back before it ends.
        var thread = new Thread(() => made = MakeOn());
        thread.Start();
        thread.Join();
        return made.Namespace >= 0
            ? new(new(new SafeSocketHandle(made.Socket, ownsHandle: true)), made.Namespace)
            : throw new InvalidOperationException($"no network namespace can be made (errno {made.Error}): these tests run as root");
    }

    public void Close()
    {
        Listener.Dispose();
        _ = Close(Descriptor);
    }

    private static (int Socket, int Namespace, int Error) MakeOn()
    {
        var request = new byte[40];
        "lo"u8.CopyTo(request);
        request[NameLength] = Up;

        // Once before, so that the runtime has nothing to make when it matters.
        _ = Listen(-1, 0) + Bind(-1, AnyPortOfLoopback, AnyPortOfLoopback.Length) + Control(-1, SetFlags, request) + Unshare(0) + Marshal.GetLastPInvokeError();
        _ = Close(MakeSocket(Ipv4, Stream, 0));
        var before = Open(Own, ReadOnly);
        _ = Enter(before, NewNetwork);
        if (Unshare(NewNetwork) != 0)
            return (-1, -1, Marshal.GetLastPInvokeError());
        var socket = MakeSocket(Ipv4, Stream, 0);
        var isListening = Control(socket, SetFlags, request) == 0 && Bind(socket, AnyPortOfLoopback, AnyPortOfLoopback.Length) == 0 && Listen(socket, 128) == 0;
        var error = Marshal.GetLastPInvokeError();
        var own = isListening ? Open(Own, ReadOnly) : -1;
        if (Enter(before, NewNetwork) != 0)
            Environment.FailFast("a thread can't leave its network namespace");
        _ = Close(before);
        return (socket, own, error);
    }

    [DllImport("libc", EntryPoint = "unshare", SetLastError = true)]
    private static extern int Unshare(int flags);

    [DllImport("libc", EntryPoint = "setns", SetLastError = true)]
    private static extern int Enter(int descriptor, int kind);

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    private static extern int Open(byte[] path, int flags);

    [DllImport("libc", EntryPoint = "close", SetLastError = true)]
    private static extern int Close(int descriptor);

    [DllImport("libc", EntryPoint = "socket", SetLastError = true)]
    private static extern int MakeSocket(int domain, int type, int protocol);

    [DllImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static extern int Control(int descriptor, nuint request, byte[] argument);

    [DllImport("libc", EntryPoint = "bind", SetLastError = true)]
    private static extern int Bind(int descriptor, byte[] address, int length);

    [DllImport("libc", EntryPoint = "listen", SetLastError = true)]
    private static extern int Listen(int descriptor, int backlog);
}
