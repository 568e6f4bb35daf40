using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using EdgeOperator.Functions.App;
using EdgeOperator.Platform.Files;

namespace EdgeOperator.Functions.Workers.Rpc;

/// <summary>How a language worker is started, from the <c>worker.config.json</c> that it comes with.</summary>
/// <param name="Folder">The worker's own, where the file lies.</param>
/// <param name="Script">What follows the arguments; null where the executable is the worker.</param>
/// <param name="Arguments">For the executable, before <paramref name="Script"/>.</param>
/// <param name="WorkerArguments">After <paramref name="Script"/>.</param>
/// <param name="Indexes">The worker tells which functions there are; otherwise function.json files do.</param>
internal sealed record WorkerConfig(
    string Folder,
    string Language,
    string Executable,
    string? Script,
    ImmutableArray<string> Arguments,
    ImmutableArray<string> WorkerArguments,
    bool Indexes,
    TimeSpan InitializationTimeout)
{
    public const string FileName = "worker.config.json";

    /// <summary>Reads the configuration of the app's language.</summary>
    /// <exception cref="AppException">There is none, or it can't be read.</exception>
    public static WorkerConfig Find(FunctionApp app)
    {
        var setting = $"languageWorkers__{app.Worker}__workerDirectory";
        var folder = Setting(app, "workerDirectory") ?? app.Folder;
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
        {
            throw new AppException(
                $"The app {app.Name} is written for the language worker {app.Worker}, and there is no {path}. Name the worker's folder by the setting {setting}.");
        }

        try
        {
            var file = JsonSerializer.Deserialize(ReferencedFile.ReadBytes(path), WorkerConfigJson.Default.WorkerConfigFile);
            return Read(app, Path.GetFullPath(folder), file?.Description ?? throw new AppException($"{path} has no \"description\"."), file.ProcessOptions);
        }
        catch (JsonException e)
        {
            throw new AppException($"{path} can't be read: {e.Message}", e);
        }
    }

    private static WorkerConfig Read(FunctionApp app, string folder, WorkerDescription description, WorkerProcessOptions? options)
    {
        var executable = Setting(app, "defaultExecutablePath") ?? Expand(app, folder, description.DefaultExecutablePath ?? "");
        if (executable.Length == 0)
        {
            throw new AppException($"{Path.Combine(folder, FileName)} names no defaultExecutablePath. Name it there, or by the setting languageWorkers__{app.Worker}__defaultExecutablePath.");
        }

        var beside = Path.Combine(folder, executable);
        var script = description.DefaultWorkerPath is { Length: > 0 } named ? Path.Combine(folder, Expand(app, folder, named)) : null;
        var own = Setting(app, "arguments")?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];
        return new(
            folder,
            app.Worker,
            File.Exists(beside) ? beside : executable,
            script,
            [.. (description.Arguments ?? []).Select(a => Expand(app, folder, a)), .. own],
            [.. (description.WorkerArguments ?? []).Select(a => Expand(app, folder, a))],
            string.Equals(description.WorkerIndexing, "true", StringComparison.OrdinalIgnoreCase),
            TimeSpan.TryParse(options?.InitializationTimeout, out var timeout) ? timeout : TimeSpan.FromMinutes(2));
    }

    // What the files of the published workers contain.
    private static string Expand(FunctionApp app, string folder, string text) =>
        SettingNames.Resolve(text, app.Settings, name => Environment.GetEnvironmentVariable(name) ?? "")
            .Replace("{WorkerRoot}", folder + Path.DirectorySeparatorChar)
            .Replace("{os}", OperatingSystem.IsWindows() ? "WINDOWS" : OperatingSystem.IsMacOS() ? "OSX" : "LINUX")
            .Replace("{architecture}", RuntimeInformation.ProcessArchitecture switch
            {
                Architecture.X64 => "X64",
                Architecture.Arm64 => "Arm64",
                var other => other.ToString(),
            });

    private static string? Setting(FunctionApp app, string name) =>
        SettingNames.Find(app.Settings, $"languageWorkers__{app.Worker}__{name}") is { Length: > 0 } value ? value : null;
}

internal sealed record WorkerConfigFile(WorkerDescription? Description, WorkerProcessOptions? ProcessOptions);

internal sealed record WorkerDescription
{
    public string? DefaultExecutablePath { get; init; }

    public string? DefaultWorkerPath { get; init; }

    public ImmutableArray<string>? Arguments { get; init; }

    public ImmutableArray<string>? WorkerArguments { get; init; }

    public string? WorkerIndexing { get; init; }
}

internal sealed record WorkerProcessOptions(string? InitializationTimeout);

[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web, ReadCommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true)]
[JsonSerializable(typeof(WorkerConfigFile))]
internal sealed partial class WorkerConfigJson : JsonSerializerContext;
