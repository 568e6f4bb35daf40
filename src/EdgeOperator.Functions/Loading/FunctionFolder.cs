using System.Collections.Immutable;
using System.Text.Json.Nodes;
using EdgeOperator.Functions.App;

namespace EdgeOperator.Functions.Loading;

/// <summary>Reads a folder with a <c>function.json</c>.</summary>
internal static class FunctionFolder
{
    public const string FileName = "function.json";

    /// <exception cref="AppException">The function can't be run; the message says why.</exception>
    public static FunctionDefinition Read(string folder, ImmutableSortedDictionary<string, string> settings)
    {
        var name = Path.GetFileName(folder);
        var label = $"{name}/{FileName}";
        var json = LenientJson.Read(Path.Combine(folder, FileName), label);
        var file = new Section(json, label);

        // What "attributes" stands for, code that the cloud's host loads into itself, comes with a scriptFile and bindings all the same.
        if (file.Text("configurationSource") is { } source
            && !source.Equals("attributes", StringComparison.OrdinalIgnoreCase) && !source.Equals("config", StringComparison.OrdinalIgnoreCase))
        {
            throw file.Wrong("configurationSource", $"must be config or attributes, not \"{source}\"");
        }

        return new(name, Bindings(json, label))
        {
            Folder = folder,
            ScriptFile = Script(folder, file),
            EntryPoint = file.Text("entryPoint"),
            Disabled = IsDisabled(file.Text("disabled"), settings),
            Retry = RetryReader.Read(file.Sub("retry")),
        };
    }

    /// <exception cref="AppException">A binding is wrong; <paramref name="label"/> is what the message begins with.</exception>
    public static ImmutableArray<Binding> Bindings(JsonObject json, string label) =>
        json.FirstOrDefault(p => p.Key.Equals("bindings", StringComparison.OrdinalIgnoreCase)).Value switch
        {
            null => [],
            JsonArray bindings =>
            [
                .. bindings.Select(b => b is JsonObject binding
                    ? BindingReader.Read(binding, label)
                    : throw new AppException($"{label}: bindings must be a list of objects")),
            ],
            _ => throw new AppException($"{label}: bindings must be a list"),
        };

    // A text names the setting that decides.
    private static bool IsDisabled(string? disabled, ImmutableSortedDictionary<string, string> settings) =>
        FunctionRules.IsOn(disabled) || (disabled is not null && FunctionRules.IsOn(SettingNames.Find(settings, disabled)));

    // The order in which the cloud's host looks for a function's code.
    private static string? Script(string folder, Section file)
    {
        if (file.Text("scriptFile") is { Length: > 0 } named)
        {
            var path = Path.GetFullPath(Path.Combine(folder, named));
            return File.Exists(path) ? path : throw file.Wrong("scriptFile", $"names a file that does not exist: {named}");
        }

        var files = Directory.GetFiles(folder).Where(f => !Path.GetFileName(f).Equals(FileName, StringComparison.OrdinalIgnoreCase)).Order(StringComparer.Ordinal).ToArray();
        return files is [var only]
            ? only
            : files.FirstOrDefault(f => Path.GetFileNameWithoutExtension(f).Equals("run", StringComparison.OrdinalIgnoreCase)
                || Path.GetFileName(f).ToLowerInvariant() is "index.js" or "index.mjs" or "index.cjs" or "__init__.py");
    }
}
