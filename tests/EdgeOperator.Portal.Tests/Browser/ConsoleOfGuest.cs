using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using EdgeOperator.Core.Protocol;

namespace EdgeOperator.Portal.Tests.Browser;

/// <summary>What QEMU has of a machine's serial console: a socket, and a file of what was shown. The guest puts brackets around what is typed.</summary>
internal sealed class ConsoleOfGuest : IDisposable
{
    private readonly Socket _listening = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private Socket? _attached;

    private ConsoleOfGuest(string socket)
    {
        _listening.Bind(new UnixDomainSocketEndPoint(socket));
        _listening.Listen();
        _ = AnswerAsync();
    }

    /// <param name="folder">The machine's.</param>
    public static async Task<ConsoleOfGuest> StartAsync(string folder, string machine)
    {
        Directory.CreateDirectory(folder);
        var access = new MachineAccess { Name = machine, SshConfig = "none", ControlSocket = "none", User = "root" };
        await File.WriteAllBytesAsync(Path.Combine(folder, MachineAccess.FileName), JsonSerializer.SerializeToUtf8Bytes(access, AccessJson.Default.MachineAccess));
        await File.WriteAllTextAsync(Path.Combine(folder, MachineAccess.ConsoleLogName), $"Booting {machine}\r\n");
        return new(Path.Combine(folder, MachineAccess.ConsoleSocketName));
    }

    /// <summary>The machine ends.</summary>
    public void End() => _attached?.Dispose();

    public void Dispose()
    {
        End();
        _listening.Dispose();
    }

    private async Task AnswerAsync()
    {
        _attached = await _listening.AcceptAsync();
        var buffer = new byte[256];
        var typed = "";
        while (await _attached.ReceiveAsync(buffer) is var count and > 0)
        {
            typed += Encoding.ASCII.GetString(buffer, 0, count);
            if (typed.EndsWith("hello", StringComparison.Ordinal))
                await _attached.SendAsync(Encoding.ASCII.GetBytes($"<{typed}>"));
        }
    }
}
