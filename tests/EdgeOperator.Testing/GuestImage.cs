using System.Security.Cryptography;
using System.Text;

namespace EdgeOperator.Testing;

/// <summary>A guest image, built from src/guest once for each state of the sources on a machine.</summary>
/// <param name="Path">A qcow2 file; never write to it.</param>
/// <param name="Sha256">Of the file, in lower-case hex.</param>
public sealed record GuestImage(string Path, string Sha256)
{
    private static readonly Lazy<Task<GuestImage>> Minimal = new(() => Task.Run(() => BuildAsync("minimal")));

    private static readonly Lazy<Task<GuestImage>> Cloud = new(() => Task.Run(BuildCloudAsync));

    private static readonly Lazy<Task<GuestImage>> Full = new(() => Task.Run(() => BuildAsync("full")));

    /// <summary>Starts fast, and has no container engine.</summary>
    /// <exception cref="InvalidOperationException">It can't be built; the message has what the build printed.</exception>
    public static Task<GuestImage> MinimalAsync() => Minimal.Value;

    /// <summary>The one with the container engine. Building it takes about a minute, and Debian's packages from the network.</summary>
    /// <inheritdoc cref="MinimalAsync"/>
    public static Task<GuestImage> FullAsync() => Full.Value;

    /// <summary>A cloud image of Debian, which knows nothing of this project. Building it takes some minutes, and Debian's packages from the network.</summary>
    /// <inheritdoc cref="MinimalAsync"/>
    public static Task<GuestImage> CloudAsync() => Cloud.Value;

    private static Task<GuestImage> BuildAsync(string variant)
    {
        var sources = Sources();
        return BuildAsync($"{variant}-{HashOf(sources)}", image => Shell.RunAsync(System.IO.Path.Combine(sources, "build.sh"), variant, image));
    }

    private static Task<GuestImage> BuildCloudAsync()
    {
        var script = System.IO.Path.GetFullPath(System.IO.Path.Combine(Sources(), "..", "..", "tests", "cloud-image.sh"));
        return BuildAsync($"cloud-{Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(script)))[..16]}", image => Shell.RunAsync(script, image));
    }

    private static async Task<GuestImage> BuildAsync(string name, Func<string, Task> build)
    {
        var folder = System.IO.Path.Combine(System.IO.Path.GetTempPath(), "edgeop-guest-image");
        Directory.CreateDirectory(folder);
        var image = System.IO.Path.Combine(folder, $"{name}.qcow2");
        using (await LockAsync(System.IO.Path.Combine(folder, "lock")))
        {
            if (!File.Exists(image))
            {
                await build(image);
            }
        }

        await using var content = File.OpenRead(image);
        return new(image, Convert.ToHexStringLower(await SHA256.HashDataAsync(content)));
    }

    private static string Sources()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var sources = System.IO.Path.Combine(folder.FullName, "src", "guest");
            if (Directory.Exists(sources))
            {
                return sources;
            }
        }

        throw new InvalidOperationException($"No folder above {AppContext.BaseDirectory} has src/guest");
    }

    private static string HashOf(string sources)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in Directory.EnumerateFiles(sources, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{file[sources.Length..]}\0{File.GetUnixFileMode(file)}\0"));
            hash.AppendData(File.ReadAllBytes(file));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
    }

    // Other test processes may want the same image now; an open file is a lock that ends with its process.
    private static Task<FileStream> LockAsync(string path) => Eventually.GetAsync(
        () => Task.FromResult(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None)),
        TimeSpan.FromMinutes(5));
}
