using System.Collections.Immutable;
using System.Security.Cryptography;
using EdgeOperator.Core.Artifacts;
using EdgeOperator.Core.Hub;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Git;
using EdgeOperator.Hub.Storage;

namespace EdgeOperator.Hub.Repositories;

/// <summary>Makes artifacts of folders, and stores those that are new.</summary>
internal sealed class FolderArtifacts(IArtifactStore artifacts, HubConfiguration configuration, TimeProvider time)
{
    /// <returns>The package's hash, and its bytes.</returns>
    /// <exception cref="FetchException">The files can't be packed.</exception>
    public async Task<(string Hash, long Size)> StoreAsync(ImmutableArray<ManifestFile> files, CancellationToken cancellation)
    {
        await using var package = Pack(files);
        var hash = Convert.ToHexStringLower(await SHA256.HashDataAsync(package, cancellation));
        if (await artifacts.FindAsync(hash, cancellation) is not null)
        {
            await artifacts.MarkUsedAsync(hash, time.GetUtcNow(), cancellation);
            return (hash, package.Length);
        }

        package.Position = 0;
        await using var upload = artifacts.Begin();
        var buffer = new byte[64 * 1024];
        int count;
        while ((count = await package.ReadAsync(buffer, cancellation)) > 0)
            await upload.WriteAsync(buffer.AsMemory(0, count), cancellation);
        await upload.CompleteAsync(hash, time.GetUtcNow(), cancellation);
        return (hash, package.Length);
    }

    /// <summary>The package's hash and bytes; it is stored nowhere.</summary>
    /// <inheritdoc cref="StoreAsync"/>
    public async Task<(string Hash, long Size)> MeasureAsync(ImmutableArray<ManifestFile> files, CancellationToken cancellation)
    {
        await using var package = Pack(files);
        return (Convert.ToHexStringLower(await SHA256.HashDataAsync(package, cancellation)), package.Length);
    }

    private FileStream Pack(ImmutableArray<ManifestFile> files)
    {
        // Nobody else sees it, and it goes when it is closed.
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Options = FileOptions.DeleteOnClose | FileOptions.Asynchronous };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        var package = new FileStream(Path.Combine(Path.GetTempPath(), $"edgeop-artifact-{Guid.NewGuid():N}"), options);
        try
        {
            ArtifactPackage.Write(package, files);
            package.Position = 0;
            return package.Length <= configuration.Artifacts.MaxSize ? package
                : throw new FetchException(FetchReasons.Refused, $"the folder makes an artifact of {package.Length} bytes, and at most {configuration.Artifacts.MaxSize} are accepted (artifacts.maxSize)");
        }
        catch (InvalidDataException e)
        {
            package.Dispose();
            throw new FetchException(FetchReasons.Refused, e.Message);
        }
        catch
        {
            package.Dispose();
            throw;
        }
    }
}
