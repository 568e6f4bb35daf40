using System.Collections.Immutable;
using System.Text.Json.Nodes;
using EdgeOperator.Functions.App;

namespace EdgeOperator.Functions.Loading;

/// <summary>
/// <c>functions.metadata</c>, the list of functions that the build of a .NET app leaves beside it: what counts where the
/// worker does not list them itself (<c>workerIndexing: false</c>).
/// </summary>
internal static class FunctionsMetadata
{
    public const string FileName = "functions.metadata";

    /// <returns>Null where there is no such file.</returns>
    /// <exception cref="AppException">It can't be read.</exception>
    public static ImmutableArray<FunctionDefinition>? Read(FunctionApp app)
    {
        var path = Path.Combine(app.Folder, FileName);
        if (!File.Exists(path))
        {
            return null;
        }

        return LenientJson.ReadAny(path, FileName) is JsonArray functions
            ? [.. functions.Select((f, i) => Read(app, f as JsonObject ?? throw new AppException($"{FileName}: function {i + 1} is not an object")))]
            : throw new AppException($"{FileName} must be a list of functions");
    }

    private static FunctionDefinition Read(FunctionApp app, JsonObject json)
    {
        var section = new Section(json, FileName);
        var name = section.Text("name") ?? throw new AppException($"{FileName}: a function has no name");
        return new(name, FunctionFolder.Bindings(json, $"{FileName}: {name}"))
        {
            Folder = app.Folder,
            ScriptFile = section.Text("scriptFile"),
            EntryPoint = section.Text("entryPoint"),
            Retry = RetryReader.Read(section.Sub("retry")),
        };
    }
}
