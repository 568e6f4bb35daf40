using System.Text.Json.Nodes;
using EdgeOperator.Functions.App;
using EdgeOperator.Functions.Loading;

namespace EdgeOperator.Functions.Workers;

/// <summary>A function as its worker tells of it: bindings like those of function.json, settings not yet put in.</summary>
internal static class AnnouncedFunction
{
    /// <exception cref="AppException">A binding lacks its name or type.</exception>
    public static FunctionDefinition Read(FunctionApp app, string name, IEnumerable<JsonObject> bindings, RetryPolicy? retry) =>
        new(name, [.. bindings.Select(b => BindingReader.Read(b, $"the function {name}"))]) { Folder = app.Folder, Retry = retry };
}
