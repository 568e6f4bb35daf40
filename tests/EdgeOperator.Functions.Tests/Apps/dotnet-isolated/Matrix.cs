namespace IsolatedApp;

public sealed record MatrixOrder(string Do, string Call);

public sealed record MatrixRow
{
    public string? PartitionKey { get; init; }

    public string? RowKey { get; init; }

    public string? Text { get; init; }
}

/// <summary>What all functions of the matrix do: note that they run and with which input, and then what they are told.</summary>
internal static class Matrix
{
    public const string Done = "done";

    private static readonly string Notes = Setting("NOTES");

    public static MatrixRow Row(string? id) => new() { PartitionKey = "p", RowKey = id, Text = Done };

    /// <returns>The input.</returns>
    public static async Task<string> RunAsync(string? what, string? id, string value = "nothing", string? note = null)
    {
        if (what == "peek")
        {
            return value;
        }

        await File.AppendAllTextAsync(Path.Combine(Notes, note ?? id!), $"ran with {value}\n");
        if (what == "throw")
        {
            throw new InvalidOperationException("thrown on purpose");
        }

        while (what == "hang" || (what == "wait" && !File.Exists(Path.Combine(Notes, $"{id![..8]}.go"))))
        {
            await Task.Delay(20);
        }

        return value;
    }

    public static Task<string> RunTimerAsync(string further, string value = "nothing") =>
        RunAsync(Setting("TIMER_DO"), Setting("CALL"), value, $"{Setting("CALL")}-{further}");

    public static string Setting(string name) => Environment.GetEnvironmentVariable(name) ?? "";
}
