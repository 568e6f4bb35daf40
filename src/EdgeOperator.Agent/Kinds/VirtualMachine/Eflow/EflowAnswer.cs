using System.Text;
using System.Text.Json;
using EdgeOperator.Agent.Kinds.VirtualMachine.Windows;

namespace EdgeOperator.Agent.Kinds.VirtualMachine.Eflow;

/// <summary>What a script answered: a value, or why it failed.</summary>
internal readonly record struct EflowAnswer(JsonElement? Value, string? Error)
{
    private const int Quoted = 400;

    /// <summary>Finds the marked line among all that the cmdlets print. An answer is never missing: then that is the error.</summary>
    public static EflowAnswer Parse(ToolResult result)
    {
        var output = Encoding.UTF8.GetString(result.Output);
        var line = output.Split('\n').LastOrDefault(line => line.StartsWith(EflowScript.Mark, StringComparison.Ordinal));
        try
        {
            if (line is not null)
            {
                using var json = JsonDocument.Parse(line[EflowScript.Mark.Length..]);
                var answer = json.RootElement;
                return answer.TryGetProperty("error", out var error) ? new(null, error.ToString())
                    : new(answer.TryGetProperty("value", out var value) && value.ValueKind != JsonValueKind.Null ? value.Clone() : null, null);
            }
        }
        catch (JsonException e)
        {
            return new(null, $"PowerShell's answer can't be read: {e.Message}");
        }

        return new(null, $"PowerShell ended with {result.ExitCode} and without an answer: {End(result.Errors.Trim() is { Length: > 0 } errors ? errors : output.Trim())}");
    }

    /// <summary>An array of text, which PowerShell makes a single text of now and then.</summary>
    public static string[] Lines(JsonElement? value) => value switch
    {
        { ValueKind: JsonValueKind.Array } array => [.. array.EnumerateArray().Select(line => line.ToString())],
        { ValueKind: JsonValueKind.String } line => line.GetString()!.Split('\n'),
        _ => [],
    };

    private static string End(string text) => text.Length <= Quoted ? text : "…" + text[^Quoted..];
}
