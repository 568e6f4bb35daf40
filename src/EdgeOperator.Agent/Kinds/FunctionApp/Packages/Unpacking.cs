using System.Collections.Immutable;
using System.Security.Cryptography;
using EdgeOperator.Core.Kinds.FunctionApp;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Platform.Publishing;

namespace EdgeOperator.Agent.Kinds.FunctionApp.Packages;

/// <summary>Puts an app's files into an empty folder.</summary>
internal static class Unpacking
{
    /// <param name="what">Where the zip file comes from, for messages.</param>
    /// <exception cref="PackageException">It is damaged, too large, or would write outside of the folder.</exception>
    /// <exception cref="IOException">The disk is full or failed.</exception>
    public static void Unzip(string zip, string folder, string what, CancellationToken cancellation = default)
    {
        try
        {
            ZipPackage.Extract(zip, folder, cancellation);
        }
        catch (ZipPackageException e)
        {
            throw new PackageException(e.Fault == ZipFault.TooLarge ? "PackageTooLarge" : "PackageDamaged", $"{what} can't be unpacked: {e.Message}", e);
        }
    }

    /// <summary>As <see cref="Unzip"/>, when the file is the one that was published.</summary>
    public static async Task UnzipAsync(string zip, FunctionPackage.Published package, string folder, CancellationToken cancellation)
    {
        await using (var file = File.OpenRead(zip))
        {
            if (Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancellation)) != package.Version)
                throw new PackageException("PackageDamaged", $"{package.Location} is damaged on the disk: publish it again");
        }

        Unzip(zip, folder, package.Location, cancellation);
    }

    /// <summary>Writes files as they lay in their source: paths have been checked there.</summary>
    public static void Write(ImmutableArray<ManifestFile> files, string folder, CancellationToken cancellation)
    {
        foreach (var file in files)
        {
            cancellation.ThrowIfCancellationRequested();
            var path = Path.Combine(folder, file.Path);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            if (file.LinkedFrom is { } from)
            {
                // Programs that find files beside themselves, as those in node_modules/.bin do, need their real path.
                File.CreateSymbolicLink(path, Path.GetRelativePath(Path.GetDirectoryName(path)!, Path.Combine(folder, from)));
                continue;
            }

            File.WriteAllBytes(path, file.Content.Span);
            if (file.IsExecutable && !OperatingSystem.IsWindows())
                File.SetUnixFileMode(path, File.GetUnixFileMode(path) | UnixFileMode.UserExecute);
        }
    }
}
