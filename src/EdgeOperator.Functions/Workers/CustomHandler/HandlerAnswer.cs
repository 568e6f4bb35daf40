using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using EdgeOperator.Functions.App;
using EdgeOperator.Functions.Invoking;
using Microsoft.Extensions.Logging;

namespace EdgeOperator.Functions.Workers.CustomHandler;

/// <summary>What a custom handler answers: <c>{"Outputs": {…}, "Logs": […], "ReturnValue": …}</c>, and nothing else will do.</summary>
internal static class HandlerAnswer
{
    private const int QuotedLength = 500;

    private static readonly JsonNodeOptions AnyCase = new() { PropertyNameCaseInsensitive = true };

    public static InvocationResult Read(int status, string? type, byte[] body, FunctionDefinition function)
    {
        if (status is < 200 or > 299)
        {
            return InvocationResult.Failed($"the custom handler answered {status}{Quote(body)}");
        }

        if (!IsJson(type))
        {
            return InvocationResult.Failed($"the custom handler answered {type ?? "without a Content-Type"}, where application/json is needed{Quote(body)}");
        }

        try
        {
            return JsonNode.Parse(body, AnyCase) is JsonObject answer ? Read(answer, function) : Malformed(body);
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            // Twice the same key is an ArgumentException.
            return Malformed(body);
        }
    }

    private static InvocationResult Read(JsonObject answer, FunctionDefinition function)
    {
        if (answer["Outputs"] is not (null or JsonObject) || answer["Logs"] is not (null or JsonArray))
        {
            return Malformed(Encoding.UTF8.GetBytes(answer.ToJsonString()));
        }

        var given = answer["Outputs"] as JsonObject ?? [];
        var outputs = function.Bindings
            .Where(b => b.Direction != BindingDirection.In && b.Name != Binding.Return && given[b.Name] is not null)
            .ToImmutableSortedDictionary(b => b.Name, b => ValueOf(given[b.Name]!));
        return new(outputs, answer["ReturnValue"] is { } returned ? ValueOf(returned) : null, null)
        {
            Logs = [.. (answer["Logs"] as JsonArray ?? []).Select(l => new InvocationLog(LogLevel.Information, l?.ToString() ?? ""))],
        };
    }

    private static Value ValueOf(JsonNode node) =>
        node is JsonValue value && value.TryGetValue<string>(out var text) ? new Value.Text(text) : new Value.Json(node.DeepClone());

    private static bool IsJson(string? type) =>
        type is not null
        && (type.Equals("application/json", StringComparison.OrdinalIgnoreCase) || type.Equals("text/json", StringComparison.OrdinalIgnoreCase)
            || type.EndsWith("+json", StringComparison.OrdinalIgnoreCase));

    private static InvocationResult Malformed(byte[] body) => InvocationResult.Failed(
        $"the custom handler did not answer with an object of Outputs, Logs and ReturnValue{Quote(body)}");

    private static string Quote(byte[] body)
    {
        var text = Encoding.UTF8.GetString(body.AsSpan(0, Math.Min(body.Length, QuotedLength))).Trim();
        return text.Length == 0 ? "" : $": {text}";
    }
}
