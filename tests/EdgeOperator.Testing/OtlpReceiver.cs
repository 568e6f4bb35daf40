using System.Collections.Concurrent;
using System.Net;
using System.Text;

namespace EdgeOperator.Testing;

/// <summary>A collector that takes OTLP over HTTP and keeps what it gets. Texts in protobuf are plain UTF-8, which is all that a test looks for.</summary>
public sealed class OtlpReceiver : IAsyncDisposable
{
    private readonly HttpListener _listener = new();
    private readonly ConcurrentQueue<(string Path, byte[] Body)> _received = [];
    private readonly Task _receiving;

    public OtlpReceiver()
    {
        var port = FreePort.Next();
        Endpoint = $"http://127.0.0.1:{port}";
        _listener.Prefixes.Add($"{Endpoint}/");
        _listener.Start();
        _receiving = ReceiveAsync();
    }

    public string Endpoint { get; }

    /// <summary>Waits until something with a text has come to a path.</summary>
    /// <returns>All that has come there, bytes as characters of Latin-1.</returns>
    public async Task<string> ReceivedAsync(string path, string text)
    {
        await Eventually.TrueAsync($"'{text}' has come to {path}", () => All(path).Contains(text, StringComparison.Ordinal));
        return All(path);
    }

    /// <inheritdoc cref="ReceivedAsync(string, string)"/>
    public Task<string> ReceivedAsync(string path, byte[] bytes) => ReceivedAsync(path, Encoding.Latin1.GetString(bytes));

    public async ValueTask DisposeAsync()
    {
        _listener.Close();
        await _receiving;
    }

    private string All(string path) => string.Concat(_received.Where(r => r.Path == path).Select(r => Encoding.Latin1.GetString(r.Body)));

    private async Task ReceiveAsync()
    {
        try
        {
            while (true)
            {
                var context = await _listener.GetContextAsync();
                using var body = new MemoryStream();
                await context.Request.InputStream.CopyToAsync(body);
                _received.Enqueue((context.Request.Url!.AbsolutePath, body.ToArray()));
                context.Response.Close();
            }
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or IOException)
        {
            // It is closed.
        }
    }
}
