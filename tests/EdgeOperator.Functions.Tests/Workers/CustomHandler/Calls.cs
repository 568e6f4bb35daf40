using System.Collections.Immutable;
using System.Text.Json.Nodes;
using EdgeOperator.Functions.App;
using EdgeOperator.Functions.Invoking;

namespace EdgeOperator.Functions.Tests.Workers.CustomHandler;

/// <summary>Invocations as triggers make them, and a look into what came of them.</summary>
internal static class Calls
{
    public static Invocation Call(this FunctionApp app, string function, Value? input = null, JsonObject? metadata = null)
    {
        var definition = app.Functions.Single(f => f.Name == function);
        return new(
            Invocation.NewId(), definition,
            ImmutableSortedDictionary<string, Value>.Empty.Add(definition.Trigger.Name, input ?? new Value.Text("")), metadata ?? []);
    }

    public static JsonNode? Json(this Value? value) => value switch
    {
        Value.Json json => json.Content,
        Value.Text text => JsonValue.Create(text.Content),
        _ => null,
    };

    /// <summary>What the handler put into the body of its http output.</summary>
    public static JsonNode? Body(this InvocationResult result)
    {
        result.Error.Should().BeNull();
        return result.Outputs["res"].Json()!["body"];
    }
}
