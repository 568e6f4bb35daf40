using System.Runtime.Versioning;
using System.Security.Cryptography;
using EdgeOperator.Agent.Kinds.VirtualMachine.Tunnel;
using EdgeOperator.Platform.Processes;
using EdgeOperator.Testing;

namespace EdgeOperator.IntegrationTests.Kinds.VirtualMachine;

[SupportedOSPlatform("linux")]
public sealed class SshTunnelConnectionTests : IAsyncLifetime
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    private LoopbackGuest _guest = null!;

    public async Task InitializeAsync() => _guest = await LoopbackGuest.StartAsync();

    public async Task DisposeAsync() => await _guest.DisposeAsync();

    [Fact]
    public async Task A_command_gets_its_input_and_gives_its_output_complaints_and_exit_code()
    {
        var tunnel = await OpenAsync();

        var answer = await tunnel.RunAsync("cat; echo oops >&2; exit 7", "some input"u8.ToArray(), Timeout, default);

        (answer.ExitCode, answer.Text, answer.Errors).Should().Be((7, "some input", "oops\n"));
    }

    [Fact]
    public async Task Large_input_arrives_whole()
    {
        var tunnel = await OpenAsync();
        var input = RandomNumberGenerator.GetBytes(20_000_000);

        var answer = await tunnel.RunAsync("sha256sum", input, Timeout, default);

        answer.Text.Should().StartWith(Convert.ToHexStringLower(SHA256.HashData(input)));
    }

    [Fact]
    public async Task A_command_that_takes_too_long_is_given_up()
    {
        var tunnel = await OpenAsync();

        var slow = () => tunnel.RunAsync("exec sleep 1000", default, TimeSpan.FromSeconds(1), default);

        (await slow.Should().ThrowAsync<SshTunnelException>()).WithMessage("*did not answer within 1 s");
        (await tunnel.RunAsync("echo still here", default, Timeout, default)).Text.Should().Be("still here\n");
    }

    [Fact]
    public async Task A_connection_is_found_again_by_the_next_agent()
    {
        await OpenAsync();
        var process = _guest.Supervisor.Find(_guest.Folder + "/bridge");

        var next = new ProcessSupervisor(TimeProvider.System);
        var tunnel = _guest.Tunnel(next);
        (await tunnel.OpenAsync(_guest.Target, default)).Should().BeTrue();

        next.Find(_guest.Folder + "/bridge").Should().Be(process);
        (await tunnel.RunAsync("echo hello", default, Timeout, default)).Text.Should().Be("hello\n");
    }

    [Fact]
    public async Task A_connection_that_is_lost_is_made_again()
    {
        var tunnel = await OpenAsync();

        await _guest.StopSshdAsync();
        await Eventually.TrueAsync("it is lost", () => !tunnel.IsOpen);
        (await tunnel.OpenAsync(_guest.Target, default)).Should().BeFalse();
        _guest.StartSshd();

        await Eventually.TrueAsync("it is open", () => tunnel.OpenAsync(_guest.Target, default));
        (await tunnel.RunAsync("echo hello", default, Timeout, default)).Text.Should().Be("hello\n");
    }

    [Fact]
    public async Task Without_a_connection_commands_are_refused_with_the_reason()
    {
        await _guest.StopSshdAsync();
        var tunnel = _guest.Tunnel();
        await tunnel.OpenAsync(_guest.Target, default);

        await Eventually.SucceedsAsync(() => tunnel.ExitReason.Should().Contain("Connection refused"));
        var command = () => tunnel.RunAsync("true", default, Timeout, default);

        (await command.Should().ThrowAsync<SshTunnelException>()).WithMessage("there is no connection to the guest of m: *Connection refused*");
        _guest.StartSshd();
    }

    [Fact]
    public async Task A_guest_with_another_host_key_is_not_talked_to()
    {
        await _guest.StopSshdAsync();
        var key = _guest.State + "/seed/ssh_host_ed25519_key";
        File.Delete(key);
        await Shell.RunAsync("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key + ".other");
        File.Move(key + ".other", key);
        _guest.StartSshd();
        var tunnel = _guest.Tunnel();

        await Eventually.SucceedsAsync(async () =>
        {
            (await tunnel.OpenAsync(_guest.Target, default)).Should().BeFalse();
            tunnel.ExitReason.Should().Contain("Host key verification failed");
        });
    }

    [Fact]
    public async Task Sockets_of_the_guest_are_reached_from_the_host()
    {
        var engine = _guest.Folder + "/engine";
        await using var server = GuardedProcess.Start(_guest.Folder + "/server.log", "", "python3", "-c", $"""
            import socket
            s = socket.socket(socket.AF_UNIX); s.bind("{engine}"); s.listen()
            while True: c, _ = s.accept(); c.sendall(b"the engine"); c.close()
            """);
        var target = _guest.Target with { Engine = engine };
        var tunnel = _guest.Tunnel();
        await Eventually.TrueAsync("it is open", () => tunnel.OpenAsync(target, default));

        var answer = await Eventually.GetAsync(async () =>
        {
            using var socket = new System.Net.Sockets.Socket(System.Net.Sockets.AddressFamily.Unix, System.Net.Sockets.SocketType.Stream, 0);
            await socket.ConnectAsync(new System.Net.Sockets.UnixDomainSocketEndPoint(tunnel.EngineSocket));
            await using var stream = new System.Net.Sockets.NetworkStream(socket);
            var text = await new StreamReader(stream).ReadToEndAsync();
            text.Should().NotBeEmpty();
            return text;
        });

        answer.Should().Be("the engine");
    }

    [Fact]
    public async Task A_closed_bridge_leaves_nothing_that_runs_or_listens()
    {
        var tunnel = await OpenAsync();

        await tunnel.CloseAsync(default);

        tunnel.IsOpen.Should().BeFalse();
        _guest.Supervisor.Find(_guest.Folder + "/bridge").Should().BeNull();
        Directory.EnumerateFiles(_guest.Folder + "/bridge").Should().NotContain(f => f.EndsWith("/m") || f.EndsWith(".sock"));
    }

    [Fact]
    public async Task A_path_that_is_too_long_for_sockets_is_refused_with_advice()
    {
        var tunnel = new SshTunnel("/tmp/" + new string('x', 90), _guest.Supervisor, ["edgeop"], TimeProvider.System);

        var open = () => tunnel.OpenAsync(_guest.Target, default);

        (await open.Should().ThrowAsync<SshTunnelException>()).WithMessage("*too long a path for a socket: give the machine a shorter name*");
    }

    private Task<SshTunnel> OpenAsync() => _guest.OpenAsync(_guest.Target);
}
