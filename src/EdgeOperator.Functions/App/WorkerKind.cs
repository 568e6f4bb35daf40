using System.Collections.Immutable;

namespace EdgeOperator.Functions.App;

/// <summary>Tells from an app what runs it.</summary>
internal static class WorkerKind
{
    public const string Custom = "custom";
    public const string Node = "node";

    private const string Setting = "FUNCTIONS_WORKER_RUNTIME";

    /// <returns><c>custom</c>, <c>node</c>, or another language, in lower case.</returns>
    /// <exception cref="AppException">Nothing tells.</exception>
    public static string Of(
        string folder, HostSettings host, ImmutableSortedDictionary<string, string> settings, ImmutableArray<FunctionDefinition> functions)
    {
        if (host.CustomHandler is not null)
        {
            return Custom;
        }

        var kind = SettingNames.Find(settings, Setting)?.Trim().ToLowerInvariant() switch
        {
            null or "" => Brought(folder) ?? functions.Select(f => OfScript(f.ScriptFile)).FirstOrDefault(k => k is not null),
            var named => named,
        };
        return kind switch
        {
            null => throw new AppException($"Nothing in {folder} tells what runs the app: set {Setting}, such as node, or customHandler in {HostFile.Name}"),
            Custom => throw new AppException($"{Setting} says custom, but {HostFile.Name} has no customHandler that names the program"),
            _ => kind,
        };
    }

    // A published .NET app brings the description of its own worker.
    private static string? Brought(string folder)
    {
        var config = Path.Combine(folder, "worker.config.json");
        return File.Exists(config) ? new Section(LenientJson.Read(config, "worker.config.json"), "worker.config.json").Sub("description").Text("language")?.ToLowerInvariant()
            : File.Exists(Path.Combine(folder, "package.json")) ? Node
            : File.Exists(Path.Combine(folder, "function_app.py")) ? "python"
            : null;
    }

    private static string? OfScript(string? file) => Path.GetExtension(file)?.ToLowerInvariant() switch
    {
        ".js" or ".mjs" or ".cjs" => Node,
        ".py" => "python",
        ".ps1" => "powershell",
        ".jar" => "java",
        _ => null,
    };
}
