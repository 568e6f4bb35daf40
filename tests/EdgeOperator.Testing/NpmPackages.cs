using System.Security.Cryptography;

namespace EdgeOperator.Testing;

/// <summary>Packages from npm: installed once for each lock file, outside of the repository, and kept.</summary>
public static class NpmPackages
{
    /// <param name="manifests">A folder with <c>package.json</c> and <c>package-lock.json</c>.</param>
    /// <returns>A folder with <c>node_modules</c>.</returns>
    public static async Task<string> InstallAsync(string manifests)
    {
        var hash = SHA256.HashData(await File.ReadAllBytesAsync(Path.Combine(manifests, "package-lock.json")));
        var cache = Path.Combine(Path.GetTempPath(), $"edgeoperator-node-packages-{Convert.ToHexStringLower(hash)[..12]}");
        var done = Path.Combine(cache, "complete");
        if (!File.Exists(done))
        {
            Directory.CreateDirectory(cache);
            foreach (var file in Directory.GetFiles(manifests))
                File.Copy(file, Path.Combine(cache, Path.GetFileName(file)), overwrite: true);
            await Shell.RunAsync("npm", "ci", "--prefix", cache, "--no-audit", "--no-fund");
            await File.WriteAllTextAsync(done, "");
        }

        return cache;
    }
}
