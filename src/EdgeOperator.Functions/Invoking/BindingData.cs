using System.Text.Json;
using System.Text.Json.Nodes;

namespace EdgeOperator.Functions.Invoking;

/// <summary>What binding expressions may name in an invocation.</summary>
public static class BindingData
{
    private static readonly JsonNodeOptions AnyCase = new() { PropertyNameCaseInsensitive = true };

    /// <summary>The trigger's metadata; its value under the trigger's own type; and what its value holds, if that is a JSON object.</summary>
    public static JsonObject Of(Invocation invocation)
    {
        var data = new JsonObject(AnyCase);
        var trigger = invocation.Function.Trigger;
        switch (invocation.Inputs.GetValueOrDefault(trigger.Name))
        {
            case Value.Request request:
                AddRequest(data, request.Content);
                break;
            case Value.Json json:
                AddAll(data, json.Content);
                break;
            case Value.Text text:
                AddAll(data, TryParse(text.Content));
                data[trigger.Type] = text.Content;
                break;
            default:
                break;
        }

        AddAll(data, invocation.Metadata);
        data["sys"] = new JsonObject { ["methodName"] = invocation.Function.Name };
        return data;
    }

    private static void AddRequest(JsonObject data, HttpInput request)
    {
        if (request.Body is { Length: > 0 } body)
        {
            AddAll(data, TryParse(System.Text.Encoding.UTF8.GetString(body.Span)));
        }

        var (query, headers) = (new JsonObject(AnyCase), new JsonObject(AnyCase));
        foreach (var (name, value) in request.Query)
        {
            data[name] = value;
            query[name] = value;
        }

        foreach (var (name, value) in request.Headers)
        {
            headers[name] = value;
        }

        (data["query"], data["headers"]) = (query, headers);
        foreach (var (name, value) in request.Parameters)
        {
            data[name] = value;
        }
    }

    private static void AddAll(JsonObject data, JsonNode? values)
    {
        foreach (var (name, value) in values as JsonObject ?? [])
        {
            data[name] = value?.DeepClone();
        }
    }

    private static JsonNode? TryParse(string text)
    {
        try
        {
            return text.AsSpan().TrimStart() is ['{', ..] ? JsonNode.Parse(text) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
