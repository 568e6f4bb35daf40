using System.ComponentModel;
using System.Text;
using EdgeOperator.Core.Kinds.FunctionApp;
using EdgeOperator.Platform.Files;
using EdgeOperator.Platform.Processes;
using EdgeOperator.Platform.Streams;

namespace EdgeOperator.Agent.Kinds.FunctionApp.Packages;

/// <summary>
/// Installs a Node app's dependencies by its lock file, where they did not come along. Nothing that a package brings is run.
/// </summary>
internal static class NpmInstall
{
    /// <summary>Bytes of what npm prints that are kept for a message.</summary>
    private const int MaxOutput = 64 * 1024;

    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(15);
    private static readonly string[] Arguments =
        ["ci", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"];

    /// <param name="cache">A folder for what npm has fetched before.</param>
    /// <returns>What was done, in words; null when there is nothing to install.</returns>
    /// <exception cref="PackageException">They can't be installed.</exception>
    public static async Task<string?> RunAsync(string app, string cache, CancellationToken cancellation)
    {
        if (!IsNeeded(app))
            return null;
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(Timeout);
        try
        {
            byte[] printed = [];
            var result = await ChildProcess.RunAsync("npm", Arguments, Environment(cache), app, "", async (s, c) => printed = await BoundedStream.ReadStartAsync(s, MaxOutput, c), deadline.Token);
            return result.ExitCode == 0
                ? "its dependencies with npm"
                : throw new PackageException("NpmFailed", $"npm ci ended with code {result.ExitCode}: {Shorten(result.Errors + Encoding.UTF8.GetString(printed))}");
        }
        catch (Win32Exception e)
        {
            throw new PackageException("NpmMissing", "the app's dependencies are to be installed, and there is no npm on this device: install npm, or commit node_modules", e);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new PackageException("NpmFailed", $"npm ci did not end within {Timeout.TotalMinutes:0} min");
        }
    }

    private static bool IsNeeded(string app) =>
        Path.Combine(app, "package.json") is var package && File.Exists(package)
        && !Directory.Exists(Path.Combine(app, "node_modules"))
        && NodeDependencies.LockFiles.Any(f => File.Exists(Path.Combine(app, f)))
        && NodeDependencies.AreNamed(ReferencedFile.ReadBytes(package));

    /// <summary>Where to find npm, and how it reaches its registry from here.</summary>
    private static Dictionary<string, string> Environment(string cache)
    {
        var environment = new Dictionary<string, string> { ["npm_config_cache"] = cache, ["HOME"] = cache };
        foreach (System.Collections.DictionaryEntry entry in System.Environment.GetEnvironmentVariables())
        {
            if (entry.Key is string name && IsPassedOn(name) && entry.Value is string value)
                environment[name] = value;
        }

        return environment;
    }

    private static bool IsPassedOn(string name) =>
        name is "PATH" or "HOME" or "NODE_EXTRA_CA_CERTS"
        || (name.StartsWith("npm_config_", StringComparison.OrdinalIgnoreCase) && !name.Equals("npm_config_cache", StringComparison.OrdinalIgnoreCase))
        || name.EndsWith("_proxy", StringComparison.OrdinalIgnoreCase);

    private static string Shorten(string text)
    {
        var line = string.Join(' ', text.Split('\n').Select(l => l.Replace("npm error", "", StringComparison.Ordinal).Trim()).Where(l => l.Length > 0));
        return line.Length > 400 ? line[..400] + "…" : line;
    }
}
