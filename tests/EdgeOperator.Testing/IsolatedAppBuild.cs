using System.Security.Cryptography;
using EdgeOperator.Testing.Devices;

namespace EdgeOperator.Testing;

/// <summary>
/// The app of Microsoft's .NET isolated worker, as <c>dotnet build</c> gives it: built once for each version of its
/// sources, outside of the repository, and kept.
/// </summary>
public static class IsolatedAppBuild
{
    private static readonly Lazy<Task<string>> Built = new(BuildAsync);

    /// <summary>The app's folder; not to be changed.</summary>
    public static Task<string> FolderAsync() => Built.Value;

    private static async Task<string> BuildAsync()
    {
        var sources = Directory.GetFiles(Path.Combine(EdgeopBinary.RepositoryRoot, "tests", "EdgeOperator.Functions.Tests", "Apps", "dotnet-isolated")).Order(StringComparer.Ordinal).ToArray();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var source in sources)
        {
            hash.AppendData(await File.ReadAllBytesAsync(source));
        }

        var folder = Path.Combine(Path.GetTempPath(), $"edgeoperator-isolated-app-{Convert.ToHexStringLower(hash.GetHashAndReset())[..12]}");
        var done = Path.Combine(folder, "complete");
        if (!File.Exists(done))
        {
            Directory.CreateDirectory(folder);
            foreach (var source in sources)
            {
                File.Copy(source, Path.Combine(folder, Path.GetFileName(source)), overwrite: true);
            }

            await Shell.RunAsync(
                "dotnet", "build", Path.Combine(folder, "IsolatedApp.csproj"), "-c", "Release", "-o", Path.Combine(folder, "app"), "-v", "quiet", "-clp:NoSummary", "-nodeReuse:false");
            await File.WriteAllTextAsync(done, "");
        }

        return Path.Combine(folder, "app");
    }
}
