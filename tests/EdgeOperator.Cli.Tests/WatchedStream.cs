using System.Text;

namespace EdgeOperator.Cli.Tests;

/// <summary>An output that a test can wait on.</summary>
internal sealed class WatchedStream : MemoryStream
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private TaskCompletionSource _written = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Text
    {
        get
        {
            lock (_lock)
                return Encoding.UTF8.GetString(ToArray());
        }
    }

    public IReadOnlyList<string> Lines => Text.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public Task ContainsAsync(string text) => UntilAsync(() => Text.Contains(text, StringComparison.Ordinal));

    public Task HasLinesAsync(int count) => UntilAsync(() => Text.Count(c => c == '\n') >= count);

    public override void Write(ReadOnlySpan<byte> buffer) => Write(buffer.ToArray(), 0, buffer.Length);

    public override void Write(byte[] buffer, int offset, int count)
    {
        lock (_lock)
            base.Write(buffer, offset, count);

        Interlocked.Exchange(ref _written, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
    }

    private async Task UntilAsync(Func<bool> condition)
    {
        using var deadline = new CancellationTokenSource(Deadline);
        while (true)
        {
            var written = Volatile.Read(ref _written).Task;
            if (condition())
                return;

            await written.WaitAsync(deadline.Token);
        }
    }
}
