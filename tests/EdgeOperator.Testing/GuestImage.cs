using System.Security.Cryptography;
using System.Text;

namespace EdgeOperator.Testing;

/// <summary>A guest image, built from src/guest once for each state of the sources on a machine.</summary>
/// <param name="Path">A qcow2 file; never write to it.</param>
/// <param name="Sha256">Of the file, in lower-case hex.</param>
public sealed record GuestImage(string Path, string Sha256)
{
    private static readonly Lazy<Task<GuestImage>> Minimal = new(() => Task.Run(() => BuildAsync("minimal")));

    private static readonly Lazy<Task<GuestImage>> Full = new(() => Task.Run(() => BuildAsync("full")));

    /// <summary>Starts fast, and has no container engine.</summary>
    /// <exception cref="InvalidOperationException">It can't be built; the message has what the build printed.</exception>
    public static Task<GuestImage> MinimalAsync() => Minimal.Value;

    /// <summary>The one with the container engine. Building it takes about a minute, and Debian's packages from the network.</summary>
    /// <inheritdoc cref="MinimalAsync"/>
    public static Task<GuestImage> FullAsync() => Full.Value;

    private static async Task<GuestImage> BuildAsync(string variant)
    {
        var sources = Sources();
        var folder = System.IO.Path.Combine(System.IO.Path.GetTempPath(), "edgeop-guest-image");
        Directory.CreateDirectory(folder);
        var image = System.IO.Path.Combine(folder, $"{variant}-{HashOf(sources)}.qcow2");
        using (await LockAsync(System.IO.Path.Combine(folder, "lock")))
        {
            if (!File.Exists(image))
            {
                await Shell.RunAsync(System.IO.Path.Combine(sources, "build.sh"), variant, image);
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
