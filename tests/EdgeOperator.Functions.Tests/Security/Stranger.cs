using System.Globalization;
using System.Net;
using EdgeOperator.Testing;

namespace EdgeOperator.Functions.Tests.Security;

/// <summary>A process of another user that listens on a loopback port and writes down whatever it is sent.</summary>
internal sealed class Stranger : IAsyncDisposable
{
    public const uint User = 65534;

    /// <summary>Perl: <c>$ARGV[0]</c> is the port, and <c>$ARGV[1]</c> after how many connections to end.</summary>
    public const string Script = """
        use IO::Socket::INET; $| = 1;
        my $listener = IO::Socket::INET->new(LocalAddr => "127.0.0.1", LocalPort => $ARGV[0], Listen => 8) or die $!;
        print "port ", $listener->sockport, "\n";
        for (my $left = $ARGV[1]; $left--;) {
            my $client = $listener->accept;
            sysread $client, my $data, 4096;
            print "got [$data]\n";
        }
        """;

    private readonly TempFolder _folder = new();
    private readonly GuardedProcess _process;

    private Stranger(int port) =>
        _process = GuardedProcess.Start(_folder.File("log"), "", [.. Command, Script, port.ToString(CultureInfo.InvariantCulture), "1000"]);

    /// <summary>Runs Perl as that user. Needs root, as all that acts for several users does.</summary>
    public static string[] Command => ["setpriv", $"--reuid={User}", $"--regid={User}", "--clear-groups", "--", "perl", "-e"];

    public IPEndPoint EndPoint => new(IPAddress.Loopback, int.Parse(_process.Log.Split()[1], CultureInfo.InvariantCulture));

    /// <summary>What it was sent, connection by connection, in brackets.</summary>
    public string[] Got => [.. _process.Log.Split('\n').Where(l => l.StartsWith("got ", StringComparison.Ordinal)).Select(l => l[4..])];

    /// <param name="port">0 for a free one.</param>
    public static async Task<Stranger> StartAsync(int port = 0)
    {
        var stranger = new Stranger(port);
        await Eventually.TrueAsync("the stranger listens", () => stranger._process.Log.StartsWith("port ", StringComparison.Ordinal));
        return stranger;
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _folder.Dispose();
    }
}
