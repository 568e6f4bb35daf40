namespace EdgeOperator.Functions.Workers.Forwarding;

/// <summary>
/// A worker's answer to a request that it got by HTTP, held back until its body begins or its function has succeeded:
/// the ASP.NET Core integration answers 200 without a body for a function that throws. Its end is held back too, so that
/// an answer that a failed function has left half written does not pass for a whole one.
/// </summary>
internal sealed class DeferredResponse(Stream body, Task<bool> succeeds) : ReadOnlyStream(body)
{
    private const int FirstRead = 4096;

    private readonly byte[] _first = new byte[FirstRead];
    private int _position;
    private int _count;
    private Task<int>? _reading;

    /// <summary>Puts itself into the place of the answer's body once the answer is passed on.</summary>
    /// <param name="succeeds">Completes with the function; false if it failed or was lost. Never fails.</param>
    /// <returns>False if the function failed before its answer had a body.</returns>
    public static async ValueTask<bool> HoldAsync(HttpResponseMessage answer, Task<bool> succeeds, CancellationToken cancellation)
    {
        var content = answer.Content;
        var held = new DeferredResponse(await content.ReadAsStreamAsync(cancellation), succeeds);
        if (!await held.BeginsAsync(cancellation))
        {
            return false;
        }

        answer.Content = new StreamContent(held);
        answer.Content.Headers.AddAll(content.Headers);
        return true;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.IsEmpty)
        {
            return 0;
        }

        if (_reading is { } reading)
        {
            _count = await reading.WaitAsync(cancellationToken);
            _reading = null;
        }

        var count = Math.Min(buffer.Length, _count - _position);
        if (count > 0)
        {
            _first.AsMemory(_position, count).CopyTo(buffer);
            _position += count;
            return count;
        }

        count = await Inner.ReadAsync(buffer, cancellationToken);
        return count > 0 || await succeeds.WaitAsync(cancellationToken)
            ? count
            : throw new IOException("the function failed after its answer had begun");
    }

    private async Task<bool> BeginsAsync(CancellationToken cancellation)
    {
        _reading = Inner.ReadAsync(_first, cancellation).AsTask();
        return await Task.WhenAny(_reading, succeeds) == _reading && await _reading > 0 || await succeeds.WaitAsync(cancellation);
    }
}
