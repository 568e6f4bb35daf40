using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using EdgeOperator.Functions.App;

namespace EdgeOperator.Functions.Workers;

/// <summary>A function as its worker tells of it: bindings like those of function.json, with <c>%SETTING%</c> as written.</summary>
internal static partial class AnnouncedFunction
{
    /// <exception cref="AppException">A binding lacks its name or type, or there is no trigger.</exception>
    public static FunctionDefinition Read(FunctionApp app, string name, IEnumerable<JsonObject> bindings, RetryPolicy? retry)
    {
        var read = bindings.Select(b => ReadBinding(app, name, b)).ToImmutableArray();
        if (read.Count(b => b.IsTrigger) != 1)
        {
            throw new AppException($"The function {name} must have one trigger, and has {read.Count(b => b.IsTrigger)}.");
        }

        return new(name, read) { Folder = app.Folder, Retry = retry, Disabled = IsDisabled(app, name) };
    }

    private static Binding ReadBinding(FunctionApp app, string function, JsonObject written)
    {
        var properties = (JsonObject)Replace(app, written)!;
        var binding = new Binding("", "", BindingDirection.In, properties);
        var name = binding.Text("name") ?? throw new AppException($"A binding of the function {function} has no name.");
        var type = binding.Text("type") ?? throw new AppException($"The binding {name} of the function {function} has no type.");
        var direction = binding.Text("direction") is { } word && Enum.TryParse<BindingDirection>(word, ignoreCase: true, out var told) ? told : BindingDirection.In;
        return new(name, type, direction, properties);
    }

    private static JsonNode? Replace(FunctionApp app, JsonNode? node) => node switch
    {
        JsonObject properties => new JsonObject(properties.Select(p => KeyValuePair.Create(p.Key, Replace(app, p.Value)))),
        JsonArray items => new JsonArray([.. items.Select(i => Replace(app, i))]),
        JsonValue value when value.GetValueKind() == JsonValueKind.String =>
            JsonValue.Create(Setting().Replace(value.GetValue<string>(), m => app.Settings.GetValueOrDefault(m.Groups[1].Value) ?? m.Value)),
        _ => node?.DeepClone(),
    };

    private static bool IsDisabled(FunctionApp app, string name) => app.Settings.Any(s =>
        (s.Key.Equals($"AzureWebJobs.{name}.Disabled", StringComparison.OrdinalIgnoreCase) || s.Key.Equals($"AzureWebJobs_{name}_Disabled", StringComparison.OrdinalIgnoreCase))
        && (s.Value == "1" || s.Value.Equals("true", StringComparison.OrdinalIgnoreCase)));

    [GeneratedRegex("%([^%]+)%")]
    private static partial Regex Setting();
}
