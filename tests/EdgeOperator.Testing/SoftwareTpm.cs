using System.Buffers.Binary;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace EdgeOperator.Testing;

/// <summary>A TPM 2.0 of the test's own, by swtpm, with a state of its own.</summary>
public sealed class SoftwareTpm : IAsyncDisposable
{
    private const ushort WithoutSessions = 0x8001;
    private const ushort WithSessions = 0x8002;
    private const int FlushContext = 0x165;
    private const int ExtendRegister = 0x182;

    /// <summary>Of HMAC sessions, policy sessions and objects.</summary>
    private static readonly uint[] Handles = [0x02000000, 0x03000000, 0x80000000];

    private readonly TempFolder _folder;
    private readonly GuardedProcess _process;

    private SoftwareTpm(TempFolder folder, GuardedProcess process) => (_folder, _process) = (folder, process);

    /// <summary>How tpm2-tss, and so <c>systemd-creds --tpm2-device</c>, names it. The control socket lies beside it.</summary>
    public string Device => $"swtpm:path={_folder.File("tpm")}";

    public static async Task<SoftwareTpm> StartAsync()
    {
        var folder = new TempFolder("tpm");
        Directory.CreateDirectory(folder.File("state"));
        var process = GuardedProcess.Start(folder.File("log"), "", "swtpm", "socket", "--tpm2", "--tpmstate", $"dir={folder.File("state")}",
            "--server", $"type=unixio,path={folder.File("tpm")}", "--ctrl", $"type=unixio,path={folder.File("tpm.ctrl")}", "--flags", "startup-clear");
        await Eventually.TrueAsync("the TPM listens", () => File.Exists(folder.File("tpm")) && File.Exists(folder.File("tpm.ctrl")));
        return new(folder, process);
    }

    /// <summary>Has a register differ from what it was, as another boot chain does.</summary>
    public void Extend(byte register)
    {
        // An empty password, and one digest of SHA-256 (TPM 2.0 Library, Part 3, TPM2_PCR_Extend).
        var code = Ask(WithSessions, ExtendRegister, [0, 0, 0, register, 0, 0, 0, 9, 0x40, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0x0B, .. SHA256.HashData([register])]);
        if (code != 0)
            throw new InvalidOperationException($"The TPM refuses: {code:x}");
    }

    /// <summary>
    /// Has it forget what clients that have ended left in it, as the kernel's <c>/dev/tpmrm0</c> does by itself: it has room for three sessions, and
    /// systemd leaves one behind each time.
    /// </summary>
    public void Flush()
    {
        var name = new byte[4];
        foreach (var handle in Handles.SelectMany(first => Enumerable.Range(0, 3).Select(i => first + (uint)i)))
        {
            BinaryPrimitives.WriteUInt32BigEndian(name, handle);
            Ask(WithoutSessions, FlushContext, name);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _folder.Dispose();
    }

    /// <returns>The response code: 0 when it is done.</returns>
    private int Ask(ushort tag, int command, byte[] body)
    {
        var message = new byte[10 + body.Length];
        BinaryPrimitives.WriteUInt16BigEndian(message, tag);
        BinaryPrimitives.WriteInt32BigEndian(message.AsSpan(2), message.Length);
        BinaryPrimitives.WriteInt32BigEndian(message.AsSpan(6), command);
        body.CopyTo(message, 10);
        using var tpm = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        tpm.Connect(new UnixDomainSocketEndPoint(_folder.File("tpm")));
        tpm.Send(message);
        var answer = new byte[1024];
        var length = tpm.Receive(answer);
        return length < 10 ? throw new InvalidOperationException("The TPM does not answer.") : BinaryPrimitives.ReadInt32BigEndian(answer.AsSpan(6));
    }
}
