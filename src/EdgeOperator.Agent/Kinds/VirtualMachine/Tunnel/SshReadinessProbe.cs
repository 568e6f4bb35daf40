using System.Net.Sockets;
using System.Runtime.Versioning;

namespace EdgeOperator.Agent.Kinds.VirtualMachine.Tunnel;

/// <summary>
/// Probes a guest's sshd until it greets. QEMU accepts connections for a guest that still boots, and passes them on to the guest only
/// long after sshd is up: so probes are few until the guest's network is up, then many, and the first that is greeted counts.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class SshReadinessProbe(TimeProvider time)
{
    /// <summary>As RFC 4253, section 4.2, has it.</summary>
    private const int LongestGreeting = 255;

    private static readonly byte[] Greeting = "SSH-2.0-EdgeOperator\r\n"u8.ToArray();

    private static readonly TimeSpan FastInterval = TimeSpan.FromMilliseconds(250);

    private static readonly TimeSpan SlowInterval = TimeSpan.FromSeconds(5);

    /// <summary>Between a guest's network and its sshd.</summary>
    private static readonly TimeSpan ExpectedWithin = TimeSpan.FromSeconds(15);

    /// <summary>An emulated guest takes its time to greet.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    private volatile Attempt _attempt = new();

    /// <summary>Why the last probe failed; null when it did not, or has not ended yet.</summary>
    public string? Problem => _attempt.Problem;

    /// <summary>Begins anew: the next answer is another guest's.</summary>
    /// <param name="boots">It was started just now, so that it is too early to probe.</param>
    public void Forget(bool boots)
    {
        _attempt.Over.Cancel();
        _attempt = new() { LastProbe = boots ? time.GetTimestamp() : null };
    }

    /// <summary>The guest is about to answer.</summary>
    public void Expect() => _attempt.ExpectedSince = time.GetTimestamp();

    /// <summary>Whether a probe was answered since this last returned true; otherwise it may start another one, without waiting for its result.</summary>
    public bool Answers(SshTunnelTarget target)
    {
        var attempt = _attempt;
        if (attempt.IsAnswered)
        {
            _attempt = new();
            return true;
        }

        var pause = attempt.ExpectedSince is { } since && time.GetElapsedTime(since) < ExpectedWithin ? FastInterval : SlowInterval;
        if (attempt.LastProbe is { } last && time.GetElapsedTime(last) < pause)
            return false;
        attempt.LastProbe = time.GetTimestamp();
        _ = ProbeAsync(target, attempt);
        return false;
    }

    private async Task ProbeAsync(SshTunnelTarget target, Attempt attempt)
    {
        using var deadline = new CancellationTokenSource(Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, attempt.Over.Token);
        try
        {
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(target.Address, target.Port, either.Token);

            // Without a name of its own it would be an error that sshd reports.
            await socket.SendAsync(Greeting, either.Token);

            // All of it is read, so that hanging up is no error to the other side.
            if (await socket.ReceiveAsync(new byte[LongestGreeting], either.Token) == 0)
                return;
            attempt.IsAnswered = true;
            await attempt.Over.CancelAsync();
        }
        catch (SocketException e)
        {
            attempt.Problem = e.Message;
        }
        catch (OperationCanceledException)
        {
            // Another probe was answered, or this one timed out.
        }
    }

    /// <summary>All probes until one is answered.</summary>
    private sealed class Attempt
    {
        private volatile bool _isAnswered;
        private volatile string? _problem;

        public CancellationTokenSource Over { get; } = new();

        public long? LastProbe { get; set; }

        public long? ExpectedSince { get; set; }

        public bool IsAnswered
        {
            get => _isAnswered;
            set => _isAnswered = value;
        }

        public string? Problem
        {
            get => _isAnswered ? null : _problem;
            set => _problem = value;
        }
    }
}
