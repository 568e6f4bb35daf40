using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json.Nodes;
using EdgeOperator.Testing;

namespace EdgeOperator.Benchmarks;

/// <summary>When containers start, as the engine itself tells.</summary>
internal sealed class StartEvents : IAsyncDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(2);

    private readonly BlockingCollection<(string Name, long At)> _started = [];
    private readonly StreamReader _lines;
    private readonly Task _reading;

    private StartEvents(StreamReader lines)
    {
        _lines = lines;
        _reading = Task.Run(ReadAsync);
    }

    public static async Task<StartEvents> ListenAsync(PrivateEngine engine)
    {
        var filter = System.Uri.EscapeDataString("""{"type":["container"],"event":["start"]}""");
        var stream = await engine.Http.GetStreamAsync(new Uri($"events?filters={filter}", UriKind.Relative));
        return new(new(stream));
    }

    /// <summary>When the last of these containers started, as a timestamp; each counts once.</summary>
    public Task<long> LastOfAsync(params string[] names) => Task.Run(() =>
    {
        using var deadline = new CancellationTokenSource(Timeout);
        var missing = names.ToHashSet();
        while (true)
        {
            var (name, at) = _started.Take(deadline.Token);
            if (missing.Remove(name) && missing.Count == 0)
                return at;
        }
    });

    public async ValueTask DisposeAsync()
    {
        _lines.Dispose();
        await _reading;
        _started.Dispose();
    }

    private async Task ReadAsync()
    {
        try
        {
            while (await _lines.ReadLineAsync() is { } line)
            {
                var at = Stopwatch.GetTimestamp();
                _started.Add(((string)JsonNode.Parse(line)!["Actor"]!["Attributes"]!["name"]!, at));
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or OperationCanceledException or HttpRequestException)
        {
            // Disposed.
        }
    }
}
