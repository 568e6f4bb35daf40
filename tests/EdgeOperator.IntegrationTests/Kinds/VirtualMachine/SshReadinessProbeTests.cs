using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using EdgeOperator.Agent.Kinds.VirtualMachine.Tunnel;
using EdgeOperator.Testing;

namespace EdgeOperator.IntegrationTests.Kinds.VirtualMachine;

[SupportedOSPlatform("linux")]
public sealed class SshReadinessProbeTests : IDisposable
{
    private readonly TcpListener _guest = new(IPAddress.Loopback, 0);
    private readonly SshReadinessProbe _door = new(TimeProvider.System);

    private const string Greeting = "SSH-2.0-EdgeOperator\r\n";

    public SshReadinessProbeTests() => _guest.Start();

    private SshTunnelTarget Target => new(((IPEndPoint)_guest.LocalEndpoint).Port);

    public void Dispose() => _guest.Dispose();

    [Fact]
    public async Task A_connection_that_stays_silent_keeps_nobody_from_being_heard_by_the_next()
    {
        _door.Expect();
        _door.Answers(Target).Should().BeFalse();
        using var silent = await _guest.AcceptSocketAsync();

        using var next = await Eventually.GetAsync(async () =>
        {
            _door.Answers(Target).Should().BeFalse();
            return _guest.Pending() ? await _guest.AcceptSocketAsync() : throw new InvalidOperationException("nobody knocked again");
        });
        await next.SendAsync("SSH-2.0-test\r\n"u8.ToArray());

        await Eventually.TrueAsync("it was heard", () => _door.Answers(Target));
        (await ReadAsync(silent)).Should().Be(Greeting, "who was not heard is let go, in order");
    }

    [Fact]
    public async Task An_answer_counts_once()
    {
        await AnswerAsync();
        await Eventually.TrueAsync("it was heard", () => _door.Answers(Target));
        _door.Answers(Target).Should().BeFalse();
    }

    [Fact]
    public void A_guest_that_was_started_just_now_is_not_knocked_at()
    {
        _door.Forget(boots: true);
        _door.Answers(Target).Should().BeFalse();
        _guest.Pending().Should().BeFalse();
    }

    [Fact]
    public async Task What_another_guest_said_is_forgotten()
    {
        await AnswerAsync();
        _door.Forget(boots: true);
        _door.Answers(Target).Should().BeFalse();
    }

    [Fact]
    public async Task It_is_said_why_nobody_answers()
    {
        var target = Target;
        _guest.Stop();
        await Eventually.TrueAsync("it is refused", () => !_door.Answers(target) && _door.Problem?.Contains("refused") == true);
    }

    private async Task AnswerAsync()
    {
        _door.Answers(Target).Should().BeFalse();
        using var guest = await _guest.AcceptSocketAsync();
        await guest.SendAsync("SSH-2.0-test\r\n"u8.ToArray());

        // It hangs up once it has heard.
        (await ReadAsync(guest)).Should().Be(Greeting, "sshd takes what says nothing for an error, and reports it");
    }

    private static async Task<string> ReadAsync(Socket socket)
    {
        using var reader = new StreamReader(new NetworkStream(socket));
        return await reader.ReadToEndAsync();
    }
}
