using System.Runtime.Versioning;
using System.Text;
using EdgeOperator.Agent.Kinds.VirtualMachine.Tunnel;
using EdgeOperator.Testing;

namespace EdgeOperator.IntegrationTests.Kinds.VirtualMachine;

[SupportedOSPlatform("linux")]
public sealed class GuestPortTests : IAsyncLifetime
{
    private LoopbackGuest _guest = null!;

    private string Machine => _guest.Folder;

    public async Task InitializeAsync() => _guest = await LoopbackGuest.StartAsync();

    public async Task DisposeAsync() => await _guest.DisposeAsync();

    [Fact]
    public async Task What_listens_inside_of_a_guest_is_talked_to()
    {
        await OpenAsync();
        var port = FreePort.Next();
        await using var server = GuardedProcess.Start(_guest.Folder + "/server.log", "", "python3", "-c", $"""
            import socket
            s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1); s.bind(("127.0.0.1", {port})); s.listen()
            while True: c, _ = s.accept(); c.sendall(c.recv(100).upper()); c.close()
            """);

        await using var stream = await Eventually.GetAsync(() => GuestPort.ConnectAsync(Machine, "127.0.0.1", port, CancellationToken.None));
        await stream.WriteAsync("hello"u8.ToArray());
        await stream.FlushAsync();
        using var reader = new StreamReader(stream, Encoding.UTF8);

        (await reader.ReadToEndAsync()).Should().Be("HELLO");
    }

    [Fact]
    public async Task A_port_that_nobody_listens_on_is_told_from_one_that_says_nothing()
    {
        await OpenAsync();

        var connect = () => GuestPort.ConnectAsync(Machine, "127.0.0.1", FreePort.Next(), CancellationToken.None);

        (await connect.Should().ThrowAsync<SshTunnelException>()).WithMessage("Connection refused: nobody listens on 127.0.0.1:* in the guest of m");
    }

    [Fact]
    public async Task Without_a_bridge_nothing_is_reached()
    {
        var connect = () => GuestPort.ConnectAsync(Machine, "127.0.0.1", 1, CancellationToken.None);

        (await connect.Should().ThrowAsync<SshTunnelException>()).WithMessage("the guest of m can't be entered: *");
    }

    private async Task OpenAsync()
    {
        await _guest.OpenAsync(_guest.Target);
    }
}
