namespace EdgeOperator.Portal.Actions;

/// <summary>Command lines that can be pasted into a POSIX shell, whatever stands in them.</summary>
public static class ShellWords
{
    private static readonly System.Buffers.SearchValues<char> Plain =
        System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-./:=@%+,");

    /// <summary>What has a meaning in double quotes.</summary>
    private static readonly System.Buffers.SearchValues<char> Active = System.Buffers.SearchValues.Create("\"$`\\!");

    /// <summary>Words that are not null, quoted where they need it.</summary>
    public static string Line(params string?[] words) => string.Join(' ', words.OfType<string>().Select(Quote));

    // Single quotes stand for themselves in double ones, which read better.
    public static string Quote(string word) =>
        word.Length > 0 && !word.AsSpan().ContainsAnyExcept(Plain) ? word
        : word.Contains('\'', StringComparison.Ordinal) && !word.AsSpan().ContainsAny(Active) ? $"\"{word}\""
        : $"'{word.Replace("'", @"'\''", StringComparison.Ordinal)}'";

    /// <summary>A call of the API for what no command of <c>edgeop</c> does; the token is in <c>$TOKEN</c>, the hub's address in <c>$HUB</c>.</summary>
    public static string Curl(Hub.HubCall call) =>
        $"curl -H \"Authorization: Bearer $TOKEN\"{(call.Method == "GET" ? "" : $" -X {call.Method}")} \"$HUB\"/{Quote(call.Path)}{(call.Body is { } body ? $" -d {Quote(body.ToJsonString(Readable))}" : "")}";

    internal static System.Text.Json.JsonSerializerOptions Readable { get; } = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
