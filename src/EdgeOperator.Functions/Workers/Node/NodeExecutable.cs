using System.Collections.Immutable;
using EdgeOperator.Functions.App;

namespace EdgeOperator.Functions.Workers.Node;

/// <summary>Which node runs an app, and with which arguments of node's own.</summary>
internal static class NodeExecutable
{
    private const string PathSetting = "languageWorkers__node__defaultExecutablePath";
    private const string ArgumentsSetting = "languageWorkers__node__arguments";

    /// <exception cref="AppException">There is none.</exception>
    public static string Find(FunctionApp app)
    {
        if (Setting(app, PathSetting) is { } named)
        {
            return File.Exists(named) ? named : throw new AppException($"The setting {PathSetting} names no file: {named}");
        }

        var name = OperatingSystem.IsWindows() ? "node.exe" : "node";
        var path = Environment.GetEnvironmentVariable("PATH")?.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries) ?? [];
        return path.Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists)
            ?? throw new AppException($"The app {app.Name} needs Node.js 20 or newer, and there is no {name} in PATH. Install it, or name it by the setting {PathSetting}.");
    }

    public static ImmutableArray<string> Arguments(FunctionApp app) =>
        Setting(app, ArgumentsSetting)?.Split(' ', StringSplitOptions.RemoveEmptyEntries).ToImmutableArray() ?? [];

    private static string? Setting(FunctionApp app, string name) =>
        SettingNames.Find(app.Settings, name) ?? SettingNames.Find(app.Settings, name.Replace("__", ":"));
}
