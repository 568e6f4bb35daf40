using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Sockets;
using System.Text.Json;
using EdgeOperator.Platform.Sockets;
using EdgeOperator.Platform.Streams;

namespace EdgeOperator.Agent.Kinds.VirtualMachine.Qemu;

/// <summary>
/// One connection to a machine's monitor. Wire format: the QEMU Machine Protocol, JSON objects a line each, docs/interop/qmp-spec
/// in QEMU's sources: a greeting, <c>qmp_capabilities</c>, then commands that are answered by their id, and events between.
/// </summary>
internal sealed class QmpClient : IAsyncDisposable
{
    /// <summary>QEMU answers at once, unless its disk hangs.</summary>
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Bytes; the answers to what the agent asks have a few KiB.</summary>
    private const int LongestLine = 1024 * 1024;

    private readonly Stream _stream;
    private readonly LineReader _reader;
    private readonly Action<QmpEvent> _happened;
    private readonly ConcurrentDictionary<string, TaskCompletionSource<JsonElement>> _asked = new();
    private readonly SemaphoreSlim _writing = new(1, 1);
    private Task _reading = Task.CompletedTask;
    private volatile bool _isLost;
    private int _lastId;

    private QmpClient(Stream stream, Action<QmpEvent> happened)
    {
        (_stream, _happened) = (stream, happened);
        _reader = new(stream, LongestLine, "QEMU's monitor");
    }

    public bool IsOpen => !_isLost;

    /// <param name="happened">Called with every event, in order; must return soon.</param>
    /// <param name="isExpected">Whether it is the machine's QEMU that listens; null accepts any.</param>
    /// <exception cref="IOException">Nobody listens, or no monitor, or it is another client's at the moment.</exception>
    public static async Task<QmpClient> ConnectAsync(
        string socket, Action<QmpEvent> happened, TimeSpan limit, CancellationToken cancellation, Func<UnixPeer, bool>? isExpected = null)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(limit);
        QmpClient? client = null;
        try
        {
            client = new(await UnixSocket.ConnectAsync(socket, deadline.Token, isExpected), happened);
            if (await client._reader.ReadAsync(deadline.Token) is not { } greeting || !greeting.Contains("\"QMP\"", StringComparison.Ordinal))
                throw new IOException($"{socket} is no monitor of QEMU");
            client._reading = client.ReadAsync();
            await client.ExecuteAsync("qmp_capabilities", null, deadline.Token);
            return client;
        }
        catch (Exception e) when (e is SocketException or QmpException || (e is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            await EndAsync(client);
            throw new IOException(e is OperationCanceledException ? $"the monitor {socket} does not answer" : $"the monitor {socket} can't be reached: {e.Message}", e);
        }
        catch
        {
            await EndAsync(client);
            throw;
        }
    }

    /// <param name="arguments">Writes the members of the arguments; null for none.</param>
    /// <returns>What the command returns.</returns>
    /// <exception cref="QmpException">QEMU refuses.</exception>
    /// <exception cref="IOException">The connection is lost, or there was no answer in time.</exception>
    public async Task<JsonElement> ExecuteAsync(string command, Action<Utf8JsonWriter>? arguments, CancellationToken cancellation)
    {
        var id = Interlocked.Increment(ref _lastId).ToString(CultureInfo.InvariantCulture);
        var answer = new TaskCompletionSource<JsonElement>(TaskCreationOptions.RunContinuationsAsynchronously);
        _asked[id] = answer;
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(AnswerTimeout);
        try
        {
            await SendAsync(Command(command, arguments, id), deadline.Token);
            if (_isLost)
                throw Lost();
            return await answer.Task.WaitAsync(deadline.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new IOException($"QEMU has not answered {command} for {AnswerTimeout.TotalSeconds:0} s");
        }
        finally
        {
            _asked.TryRemove(id, out _);
        }
    }

    /// <summary>A command of the monitor that people use.</summary>
    /// <returns>What it prints; such commands tell their errors so too.</returns>
    public async Task<string> MonitorAsync(string line, CancellationToken cancellation) =>
        (await ExecuteAsync("human-monitor-command", a => a.WriteString("command-line", line), cancellation)).GetString()?.Trim() ?? "";

    public async ValueTask DisposeAsync()
    {
        await _stream.DisposeAsync();
        await _reading;
        _reader.Dispose();
        _writing.Dispose();
    }

    private static byte[] Command(string command, Action<Utf8JsonWriter>? arguments, string id)
    {
        using var text = new MemoryStream();
        using (var writer = new Utf8JsonWriter(text))
        {
            writer.WriteStartObject();
            writer.WriteString("execute", command);
            if (arguments is not null)
            {
                writer.WriteStartObject("arguments");
                arguments(writer);
                writer.WriteEndObject();
            }

            writer.WriteString("id", id);
            writer.WriteEndObject();
        }

        text.WriteByte((byte)'\n');
        return text.ToArray();
    }

    private static async Task EndAsync(QmpClient? client)
    {
        if (client is not null)
            await client.DisposeAsync();
    }

    private static IOException Lost() => new("the connection to QEMU's monitor is lost");

    private async Task SendAsync(byte[] line, CancellationToken cancellation)
    {
        await _writing.WaitAsync(cancellation);
        try
        {
            await _stream.WriteAsync(line, cancellation);
        }
        catch (ObjectDisposedException)
        {
            throw Lost();
        }
        finally
        {
            _writing.Release();
        }
    }

    private async Task ReadAsync()
    {
        try
        {
            while (await _reader.ReadAsync(CancellationToken.None) is { } line)
                Take(line);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or JsonException or InvalidOperationException)
        {
            // As good as its end.
        }

        // What QEMU goes on to say is not waited for.
        _isLost = true;
        await _stream.DisposeAsync();
        foreach (var answer in _asked.Values)
            answer.TrySetException(Lost());
    }

    private void Take(string line)
    {
        using var document = JsonDocument.Parse(line);
        var message = document.RootElement;
        if (message.TryGetProperty("event", out var name))
        {
            _happened(new(name.GetString()!, message.TryGetProperty("data", out var data) ? data.Clone() : default));
            return;
        }

        if (!message.TryGetProperty("id", out var id) || id.ValueKind != JsonValueKind.String || !_asked.TryGetValue(id.GetString()!, out var answer))
            return;
        if (message.TryGetProperty("return", out var value))
            answer.TrySetResult(value.Clone());
        else if (message.TryGetProperty("error", out var error))
            answer.TrySetException(new QmpException(error.TryGetProperty("desc", out var reason) ? reason.ToString() : "no reason given"));
    }
}

/// <summary>Something that has happened to a machine.</summary>
/// <param name="Data">Undefined where the event has none.</param>
internal sealed record QmpEvent(string Name, JsonElement Data)
{
    /// <summary>A member of the data as text; null when there is none.</summary>
    public string? this[string member] =>
        Data.ValueKind == JsonValueKind.Object && Data.TryGetProperty(member, out var value) ? value.ToString() : null;
}

/// <summary>QEMU refuses a command; the message is its own.</summary>
internal sealed class QmpException(string message) : Exception(message);
