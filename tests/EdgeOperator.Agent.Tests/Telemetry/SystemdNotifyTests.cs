using System.Net.Sockets;
using System.Text;
using EdgeOperator.Agent.Telemetry;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeOperator.Agent.Tests.Telemetry;

public sealed class SystemdNotifyTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("edgeop-notify-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void States_arrive_as_systemd_reads_them()
    {
        var path = Path.Combine(_folder, "notify");
        using var systemd = Listen(path);
        var notify = Notify(new() { ["NOTIFY_SOCKET"] = path });

        notify.Ready("4 of 4 ready\nmain@1a2b3c4");
        notify.Status("pulling");
        notify.Reloading();
        notify.Stopping();

        Receive(systemd).Should().Be("READY=1\nSTATUS=4 of 4 ready main@1a2b3c4");
        Receive(systemd).Should().Be("STATUS=pulling");
        Receive(systemd).Should().MatchRegex("^RELOADING=1\nMONOTONIC_USEC=[0-9]+$");
        Receive(systemd).Should().Be("STOPPING=1");
    }

    [Fact]
    public void An_abstract_socket_is_reached()
    {
        var name = $"edgeop-test-{Guid.NewGuid():N}";
        using var systemd = Listen('\0' + name);

        Notify(new() { ["NOTIFY_SOCKET"] = "@" + name }).Stopping();

        Receive(systemd).Should().Be("STOPPING=1");
    }

    [Fact]
    public void Without_systemd_and_with_a_dead_socket_nothing_happens()
    {
        Notify([]).Stopping();
        Notify(new() { ["NOTIFY_SOCKET"] = Path.Combine(_folder, "gone") }).Stopping();
    }

    [Fact]
    public async Task The_watchdog_is_fed_at_half_its_limit_while_the_agent_lives()
    {
        var path = Path.Combine(_folder, "notify");
        using var systemd = Listen(path);
        var notify = Notify(new() { ["NOTIFY_SOCKET"] = path, ["WATCHDOG_USEC"] = "20000", ["WATCHDOG_PID"] = Environment.ProcessId.ToString() });
        using var stop = new CancellationTokenSource();

        notify.WatchdogInterval.Should().Be(TimeSpan.FromMilliseconds(10));
        var alive = false;
        var watchdog = notify.RunWatchdogAsync(() => alive = !alive, stop.Token);
        Receive(systemd).Should().Be("WATCHDOG=1");
        Receive(systemd).Should().Be("WATCHDOG=1");
        await stop.CancelAsync();
        await watchdog;
    }

    [Fact]
    public void Another_processs_watchdog_is_not_ours() =>
        Notify(new() { ["NOTIFY_SOCKET"] = "/x", ["WATCHDOG_USEC"] = "20000", ["WATCHDOG_PID"] = "1" }).WatchdogInterval.Should().BeNull();

    private static SystemdNotify Notify(Dictionary<string, string> variables) =>
        new(variables.GetValueOrDefault, TimeProvider.System, NullLoggerFactory.Instance);

    private static Socket Listen(string path)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { ReceiveTimeout = 30_000 };
        socket.Bind(new UnixDomainSocketEndPoint(path));
        return socket;
    }

    private static string Receive(Socket socket)
    {
        var buffer = new byte[1024];
        return Encoding.UTF8.GetString(buffer, 0, socket.Receive(buffer));
    }
}
