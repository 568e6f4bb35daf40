using System.Net.Sockets;
using System.Runtime.Versioning;

namespace EdgeOperator.Agent.Kinds.VirtualMachine.Tunnel;

/// <summary>
/// Knocks at a guest's sshd until it speaks. QEMU takes a connection for a guest that still boots, and offers it to the guest again
/// long after sshd is up: so knocks are few until the guest is known to be near, then many, and the first that is spoken to counts.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class SshReadinessProbe(TimeProvider time)
{
    /// <summary>As RFC 4253, section 4.2, has it.</summary>
    private const int LongestGreeting = 255;

    private static readonly TimeSpan FastInterval = TimeSpan.FromMilliseconds(250);

    private static readonly TimeSpan SlowInterval = TimeSpan.FromSeconds(5);

    /// <summary>Between a guest's network and its sshd.</summary>
    private static readonly TimeSpan ExpectedWithin = TimeSpan.FromSeconds(15);

    /// <summary>An emulated guest takes its time to greet.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    private volatile Attempt _visit = new();

    /// <summary>Why the last knock was in vain; null when it was not, or nothing was heard yet.</summary>
    public string? Problem => _visit.Problem;

    /// <summary>Whoever answers next is another guest.</summary>
    /// <param name="boots">It was started just now, so that it is too early to knock.</param>
    public void Forget(bool boots)
    {
        _visit.Over.Cancel();
        _visit = new() { LastProbe = boots ? time.GetTimestamp() : null };
    }

    /// <summary>The guest is about to answer.</summary>
    public void Expect() => _visit.ExpectedSince = time.GetTimestamp();

    /// <summary>Whether somebody has answered since this was last so; otherwise there may be a knock, and no wait for what comes of it.</summary>
    public bool Answers(SshTunnelTarget target)
    {
        var visit = _visit;
        if (visit.IsAnswered)
        {
            _visit = new();
            return true;
        }

        var pause = visit.ExpectedSince is { } since && time.GetElapsedTime(since) < ExpectedWithin ? FastInterval : SlowInterval;
        if (visit.LastProbe is { } last && time.GetElapsedTime(last) < pause)
            return false;
        visit.LastProbe = time.GetTimestamp();
        _ = ProbeAsync(target, visit);
        return false;
    }

    private async Task ProbeAsync(SshTunnelTarget target, Attempt visit)
    {
        using var deadline = new CancellationTokenSource(Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, visit.Over.Token);
        try
        {
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(target.Address, target.Port, either.Token);

            // All of it is read, so that hanging up is no error to the other side.
            if (await socket.ReceiveAsync(new byte[LongestGreeting], either.Token) == 0)
                return;
            visit.IsAnswered = true;
            await visit.Over.CancelAsync();
        }
        catch (SocketException e)
        {
            visit.Problem = e.Message;
        }
        catch (OperationCanceledException)
        {
            // Another knock was answered, or this one never will be.
        }
    }

    /// <summary>All knocks until one is answered.</summary>
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
