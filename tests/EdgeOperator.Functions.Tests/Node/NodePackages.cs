using System.Security.Cryptography;

namespace EdgeOperator.Functions.Tests.Node;

/// <summary>The packages of the test apps: installed once for each lock file, outside of the repository, and kept.</summary>
internal static class NodePackages
{
    private static readonly Lazy<Task<string>> Folder = new(InstallAsync);

    public static string Apps => Path.Combine(AppContext.BaseDirectory, "Apps");

    /// <summary>A <c>node_modules</c> folder.</summary>
    public static async Task<string> ModulesAsync() => Path.Combine(await Folder.Value, "node_modules");

    private static async Task<string> InstallAsync()
    {
        var manifests = Path.Combine(Apps, "node-packages");
        var hash = SHA256.HashData(await File.ReadAllBytesAsync(Path.Combine(manifests, "package-lock.json")));
        var cache = Path.Combine(Path.GetTempPath(), $"edgeoperator-node-packages-{Convert.ToHexStringLower(hash)[..12]}");
        var done = Path.Combine(cache, "complete");
        if (!File.Exists(done))
        {
            Directory.CreateDirectory(cache);
            foreach (var file in Directory.GetFiles(manifests))
            {
                File.Copy(file, Path.Combine(cache, Path.GetFileName(file)), overwrite: true);
            }

            await EdgeOperator.Testing.Shell.RunAsync("npm", "ci", "--prefix", cache, "--no-audit", "--no-fund");
            await File.WriteAllTextAsync(done, "");
        }

        return cache;
    }
}
