using System.Collections.Immutable;

namespace EdgeOperator.Functions.App;

/// <summary>Reads <c>customHandler</c> of host.json.</summary>
internal static class CustomHandlerSection
{
    private enum HandlerType
    {
        None,
        Http,
    }

    /// <returns>Null when there is none.</returns>
    /// <exception cref="AppException">It is incomplete or wrong.</exception>
    public static CustomHandlerSettings? Read(Section handler, string folder, ImmutableSortedDictionary<string, string> settings)
    {
        if (!handler.Exists)
        {
            return null;
        }

        // "None" is coerced to HTTP in the cloud too: there is no other.
        _ = handler.Choice<HandlerType>("type");
        var description = handler.Sub("description");
        var executable = Expand(description.Text("defaultExecutablePath"));
        if (string.IsNullOrWhiteSpace(executable))
        {
            throw description.Wrong("defaultExecutablePath", "is missing: the program that handles the calls");
        }

        var worker = Expand(description.Text("defaultWorkerPath"));
        var working = Path.GetFullPath(Path.Combine(folder, Expand(description.Text("workingDirectory")) ?? ""));
        if (!Directory.Exists(working))
        {
            throw description.Wrong("workingDirectory", $"is not a folder: {working}");
        }

        return new()
        {
            Executable = Rooted(executable),
            Arguments =
            [
                .. Arguments("arguments"),
                .. string.IsNullOrEmpty(worker) ? Array.Empty<string>() : [Rooted(worker)],
                .. Arguments("workerArguments"),
            ],
            WorkingDirectory = working,
            ForwardsHttp = handler.Flag("enableForwardingHttpRequest") ?? false,
        };

        // As in the cloud, a setting that does not exist is empty here. What only a worker's process knows is left to its start.
        string? Expand(string? text) => text is null ? null : SettingNames.Resolve(text, settings, name => HandlerNames.All.Contains(name) ? $"%{name}%" : "");

        ImmutableArray<string> Arguments(string key) => CommandLine.Split(string.Join(' ', (description.List(key) ?? []).Select(Expand)));

        // What the app brings goes before what the machine has; the rest is looked for on the PATH.
        string Rooted(string path)
        {
            var own = Path.Combine(folder, path);
            return File.Exists(own) ? Path.GetFullPath(own) : path;
        }
    }
}
