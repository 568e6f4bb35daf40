using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using EdgeOperator.Testing;

namespace EdgeOperator.Portal.Tests.Browser;

/// <summary>
/// A network namespace of the browser's own. Chromium gives up its connections whenever a network comes or goes, as those of other tests
/// do; here none ever does. The only way out of it is a SOCKS proxy (https://www.rfc-editor.org/rfc/rfc1928), whose socket listens inside
/// while this process, which answers, is outside.
/// </summary>
internal sealed class QuietNetwork : IAsyncDisposable
{
    private const byte DomainName = 3;

    private readonly TempFolder _folder = new("browser");
    private readonly CancellationTokenSource _stop = new();
    private readonly NetworkNamespace _namespace = NetworkNamespace.Make();
    private readonly Task _serving;

    /// <param name="browser">The program.</param>
    public QuietNetwork(string browser)
    {
        Arguments = [$"--proxy-server=socks5://{_namespace.Listener.LocalEndPoint}", "--proxy-bypass-list=<-loopback>"];
        Executable = _folder.Write("browser", string.Create(CultureInfo.InvariantCulture, $"#!/bin/sh\nexec nsenter --net=/proc/{Environment.ProcessId}/fd/{_namespace.Descriptor} -- {browser} \"$@\"\n"));
        File.SetUnixFileMode(Executable, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        _serving = ServeAsync();
    }

    /// <summary>Starts the browser there.</summary>
    public string Executable { get; }

    /// <summary>What has the browser ask for everything by the proxy, what is on this machine too.</summary>
    public IEnumerable<string> Arguments { get; }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _serving;
        _namespace.Close();
        _stop.Dispose();
        _folder.Dispose();
    }

    private async Task ServeAsync()
    {
        var open = new List<Task>();
        try
        {
            while (true)
                open.Add(PassAsync(await _namespace.Listener.AcceptAsync(_stop.Token)));
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(open);
        }
    }

    private async Task PassAsync(Socket accepted)
    {
        await using var from = new NetworkStream(accepted, ownsSocket: true);
        using var outside = new TcpClient(AddressFamily.InterNetwork);
        try
        {
            await outside.ConnectAsync(await WantedAsync(from), _stop.Token);
            await from.WriteAsync((byte[])[5, 0, 0, 1, 0, 0, 0, 0, 0, 0], _stop.Token);
            var to = outside.GetStream();
            using var ended = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
            var ways = new[] { from.CopyToAsync(to, ended.Token), to.CopyToAsync(from, ended.Token) };
            await Task.WhenAny(ways);
            await ended.CancelAsync();
            await Task.WhenAll(ways);
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
        {
            // One of them has gone, which the other one sees.
        }
    }

    private async Task<IPEndPoint> WantedAsync(NetworkStream client)
    {
        var greeting = await ReadAsync(client, 2);
        await ReadAsync(client, greeting[1]);
        await client.WriteAsync((byte[])[5, 0], _stop.Token);

        // Chromium sends every host as a name, also one that is an address. Names of tests are of this machine alone.
        if ((await ReadAsync(client, 4))[3] != DomainName)
            throw new IOException("the browser asks in another way than Chromium does");
        var name = Encoding.ASCII.GetString(await ReadAsync(client, (await ReadAsync(client, 1))[0]));
        var host = name == "localhost" ? IPAddress.Loopback : IPAddress.TryParse(name, out var address) ? address : throw new IOException($"a test asks for {name}, outside of this machine");
        var port = await ReadAsync(client, 2);
        return new(host, (port[0] << 8) | port[1]);
    }

    private async Task<byte[]> ReadAsync(NetworkStream client, int count)
    {
        var bytes = new byte[count];
        await client.ReadExactlyAsync(bytes, _stop.Token);
        return bytes;
    }
}
