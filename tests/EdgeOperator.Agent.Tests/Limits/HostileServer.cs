using System.Globalization;
using EdgeOperator.Testing;

namespace EdgeOperator.Agent.Tests.Limits;

/// <summary>A process of an unprivileged user that listens on a Unix socket and answers every request with bytes that do not end.</summary>
internal sealed class HostileServer : IAsyncDisposable
{
    // $ARGV: socket, head of the answer, what follows again and again, seconds between two of it. Prints "asked" for each request
    // and "sent BYTES" when the client has gone. An engine's /_ping is answered as an engine does.
    private const string Script = """
        use IO::Socket::UNIX; $| = 1; $SIG{PIPE} = 'IGNORE';
        my ($path, $head, $chunk, $pause) = @ARGV;
        for ($head, $chunk) { s/\\r/\r/g; s/\\n/\n/g; s/\\x([0-9a-f]{2})/chr hex $1/ge }
        $chunk x= 1 + 65536 / length $chunk if length $chunk && !$pause;
        my $listener = IO::Socket::UNIX->new(Local => $path, Listen => 8) or die $!;
        chmod 0777, $path; print "ready\n";
        while (my $client = $listener->accept) {
            my $sent = 0;
            while (sysread $client, my $request, 65536) {
                print "asked\n";
                if ($request =~ m{^GET /_ping}) { syswrite $client, "HTTP/1.1 200 OK\r\nApi-Version: 1.41\r\nContent-Length: 2\r\n\r\nOK"; next }
                $sent += syswrite $client, $head if length $head;
                while (length $chunk) {
                    my $count = syswrite $client, $chunk;
                    last unless defined $count;
                    $sent += $count;
                    select undef, undef, undef, $pause if $pause;
                }
                last;
            }
            print "sent $sent\n";
        }
        """;

    private readonly TempFolder _folder = new();
    private readonly GuardedProcess _process;

    private HostileServer(string head, string chunk, double pause)
    {
        File.SetUnixFileMode(_folder, (UnixFileMode)0b111_111_111);
        string[] unprivileged = Environment.IsPrivilegedProcess ? ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--"] : [];
        _process = GuardedProcess.Start(
            _folder.File("log"), "", [.. unprivileged, "perl", "-e", Script, Socket, head, chunk, pause.ToString(CultureInfo.InvariantCulture)]);
    }

    public string Socket => _folder.File("s");

    public int ProcessId => _process.Id;

    public bool WasAsked => _process.Log.Contains("asked", StringComparison.Ordinal);

    /// <param name="head">With <c>\r\n</c> spelled out.</param>
    /// <param name="chunk">Again and again; empty to send nothing more and close.</param>
    /// <param name="pause">Seconds between two.</param>
    public static async Task<HostileServer> StartAsync(string head, string chunk, double pause = 0)
    {
        var server = new HostileServer(head, chunk, pause);
        await Eventually.TrueAsync("the server listens", () => server._process.Log.Contains("ready", StringComparison.Ordinal));
        return server;
    }

    /// <summary>How much the client took before it hung up, the buffers of the socket included.</summary>
    public async Task<long> SentAsync()
    {
        await Eventually.TrueAsync("the client hangs up", () => _process.Log.Contains("sent", StringComparison.Ordinal));
        var line = _process.Log.Split('\n').Last(l => l.StartsWith("sent ", StringComparison.Ordinal));
        return long.Parse(line[5..], CultureInfo.InvariantCulture);
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _folder.Dispose();
    }
}
