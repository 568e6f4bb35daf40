namespace EdgeOperator.Platform.Processes;

/// <summary>Reads lines that another program prints; what is longer comes in parts.</summary>
public static class OutputLines
{
    private const int Longest = 16 * 1024;

    public static async Task ReadAsync(StreamReader from, Action<string> line)
    {
        var buffer = new char[Longest];
        var filled = 0;
        try
        {
            for (int count; (count = await from.ReadAsync(buffer.AsMemory(filled))) > 0;)
            {
                filled = Take(buffer, filled + count, line);
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // The process is gone, and its output with it.
        }

        Emit(buffer.AsSpan(0, filled), line);
    }

    private static int Take(char[] buffer, int filled, Action<string> line)
    {
        var rest = buffer.AsSpan(0, filled);
        for (int end; (end = rest.IndexOf('\n')) >= 0; rest = rest[(end + 1)..])
        {
            Emit(rest[..end], line);
        }

        if (rest.Length == buffer.Length)
        {
            Emit(rest, line);
            return 0;
        }

        rest.CopyTo(buffer);
        return rest.Length;
    }

    private static void Emit(ReadOnlySpan<char> text, Action<string> line)
    {
        text = text.TrimEnd("\r\n");
        if (!text.IsWhiteSpace())
        {
            line(text.ToString());
        }
    }
}
