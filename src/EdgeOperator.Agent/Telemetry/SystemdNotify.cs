using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging;

namespace EdgeOperator.Agent.Telemetry;

/// <summary>Tells systemd how the agent is (<c>sd_notify(3)</c>). Says nothing when systemd did not ask for it.</summary>
public sealed partial class SystemdNotify
{
    private readonly string? _socket;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;

    /// <param name="variable">Reads an environment variable: <c>NOTIFY_SOCKET</c>, <c>WATCHDOG_USEC</c>, <c>WATCHDOG_PID</c>.</param>
    public SystemdNotify(Func<string, string?> variable, TimeProvider time, ILoggerFactory loggers)
    {
        _time = time;
        _logger = loggers.CreateLogger<SystemdNotify>();
        _socket = variable("NOTIFY_SOCKET") is { Length: > 0 } socket ? socket : null;

        var isForUs = variable("WATCHDOG_PID") is not { Length: > 0 } pid || pid == Environment.ProcessId.ToString();
        if (_socket is not null && isForUs && long.TryParse(variable("WATCHDOG_USEC"), CultureInfo.InvariantCulture, out var microseconds) && microseconds > 0)
            WatchdogInterval = TimeSpan.FromMicroseconds(microseconds / 2.0);
    }

    /// <summary>How often systemd wants to hear that the agent lives: half of its limit. Null when it does not ask.</summary>
    public TimeSpan? WatchdogInterval { get; }

    public void Ready(string status) => Send($"READY=1\nSTATUS={OneLine(status)}");

    public void Status(string status) => Send($"STATUS={OneLine(status)}");

    /// <summary>To be followed by <see cref="Ready"/> once the configuration has been read again.</summary>
    public void Reloading() =>
        Send($"RELOADING=1\nMONOTONIC_USEC={(long)(_time.GetTimestamp() * (1_000_000.0 / _time.TimestampFrequency))}");

    public void Stopping() => Send("STOPPING=1");

    /// <summary>Feeds the watchdog while <paramref name="alive"/> says so. Runs until cancelled.</summary>
    public async Task RunWatchdogAsync(Func<bool> alive, CancellationToken cancellation)
    {
        if (WatchdogInterval is not { } interval)
            return;

        using var timer = new PeriodicTimer(interval, _time);
        try
        {
            do
            {
                if (alive())
                    Send("WATCHDOG=1");
            }
            while (await timer.WaitForNextTickAsync(cancellation));
        }
        catch (OperationCanceledException)
        {
        }
    }

    private void Send(string state)
    {
        if (_socket is null)
            return;

        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
            socket.SendTo(Encoding.UTF8.GetBytes(state), new UnixDomainSocketEndPoint(_socket[0] == '@' ? '\0' + _socket[1..] : _socket));
        }
        catch (SocketException exception)
        {
            LogNotHeard(_socket, exception.SocketErrorCode);
        }
    }

    private static string OneLine(string status) => status.ReplaceLineEndings(" ");
}
