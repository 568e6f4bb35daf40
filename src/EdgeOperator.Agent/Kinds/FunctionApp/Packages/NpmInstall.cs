using System.ComponentModel;
using EdgeOperator.Core.Kinds.FunctionApp;
using EdgeOperator.Platform.Files;

namespace EdgeOperator.Agent.Kinds.FunctionApp.Packages;

/// <summary>
/// Installs a Node app's dependencies by its lock file, where they are not in the package. Nothing that a package brings is run.
/// </summary>
internal static class NpmInstall
{
    private static readonly string[] Arguments =
        ["ci", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"];

    /// <param name="cache">A folder for what npm has fetched before.</param>
    /// <returns>What was done, as a message; null when there is nothing to install.</returns>
    /// <exception cref="PackageException">They can't be installed.</exception>
    public static async Task<string?> RunAsync(string app, string cache, CancellationToken cancellation)
    {
        if (!IsNeeded(app))
            return null;
        try
        {
            var (exitCode, errors, output) = await InstallProgram.RunAsync(
                "npm", Arguments, app, new Dictionary<string, string> { ["npm_config_cache"] = cache, ["HOME"] = cache }, IsPassedOn, ("NpmFailed", "npm ci"), cancellation);
            return exitCode == 0
                ? "its dependencies with npm"
                : throw new PackageException("NpmFailed", $"npm ci ended with code {exitCode}: {InstallProgram.Shorten((errors + output).Replace("npm error", "", StringComparison.Ordinal))}");
        }
        catch (Win32Exception e)
        {
            throw new PackageException("NpmMissing", "the app's dependencies must be installed, and npm was not found on this device: install npm, or commit node_modules", e);
        }
    }

    private static bool IsNeeded(string app) =>
        Path.Combine(app, "package.json") is var package && File.Exists(package)
        && !Directory.Exists(Path.Combine(app, "node_modules"))
        && NodeDependencies.LockFiles.Any(f => File.Exists(Path.Combine(app, f)))
        && NodeDependencies.AreNamed(ReferencedFile.ReadBytes(package));

    // Where to find npm, and how it reaches its registry from here.
    private static bool IsPassedOn(string name) =>
        name is "PATH" or "HOME" or "NODE_EXTRA_CA_CERTS"
        || (name.StartsWith("npm_config_", StringComparison.OrdinalIgnoreCase) && !name.Equals("npm_config_cache", StringComparison.OrdinalIgnoreCase))
        || name.EndsWith("_proxy", StringComparison.OrdinalIgnoreCase);
}
