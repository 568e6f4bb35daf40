using System.IO.Compression;
using System.Security.Cryptography;
using EdgeOperator.Agent.Execution;
using EdgeOperator.Core.Kinds.FunctionApp;

namespace EdgeOperator.Agent.Kinds.FunctionApp.Packages;

/// <summary>Fetches a zip file, and unpacks it when it is the one that was meant.</summary>
internal sealed class ZipDownload : IDisposable
{
    private const long LargestZip = 512L * 1024 * 1024;
    private const long LargestContent = 2L * 1024 * 1024 * 1024;

    /// <summary>Without a byte for so long, nothing more is expected.</summary>
    private static readonly TimeSpan Stalled = TimeSpan.FromSeconds(60);

    private readonly HttpClient _http = new() { Timeout = Timeout.InfiniteTimeSpan };

    /// <exception cref="PackageException">It can't be fetched, or is another one.</exception>
    public async Task UnpackAsync(FunctionPackage.Zip package, string folder, CancellationToken cancellation)
    {
        var zip = folder + ".zip";
        try
        {
            await FetchAsync(package, zip, cancellation);
            Extract(zip, folder, package.Url);
        }
        finally
        {
            File.Delete(zip);
        }
    }

    public void Dispose() => _http.Dispose();

    /// <param name="zip">A file from outside: its sizes may be anything.</param>
    /// <exception cref="PackageException">It is damaged, too large, or would write outside of the folder.</exception>
    internal static void Extract(string zip, string folder, string url)
    {
        try
        {
            using var archive = ZipFile.OpenRead(zip);
            var rest = LargestContent;
            foreach (var entry in archive.Entries)
            {
                // Compared, not added: sums of sizes from outside can overflow.
                if (entry.Length < 0 || entry.Length > rest)
                    throw new PackageException("PackageTooLarge", $"the files in {url} have more than {LargestContent} bytes");
                rest -= entry.Length;
            }

            archive.ExtractToDirectory(folder);
        }
        catch (Exception e) when (IsFaultOfArchive(e))
        {
            throw new PackageException("PackageDamaged", $"{url} is no zip file that can be read: {e.Message}", e);
        }
    }

    /// <summary>
    /// Names, sizes and methods in the archive can be anything, and the framework reports them by several exceptions; an
    /// error that the file system reports, a full disk above all, is not the archive's fault.
    /// </summary>
    private static bool IsFaultOfArchive(Exception e) => e switch
    {
        InvalidDataException or ArgumentException or NotSupportedException or OverflowException => true,
        IOException or UnauthorizedAccessException => IoFailure.ReasonOf(e) is null,
        _ => false,
    };

    private async Task FetchAsync(FunctionPackage.Zip package, string file, CancellationToken cancellation)
    {
        using var stall = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        stall.CancelAfter(Stalled);
        try
        {
            using var answer = await _http.GetAsync(new Uri(package.Url), HttpCompletionOption.ResponseHeadersRead, stall.Token);
            if (!answer.IsSuccessStatusCode)
                throw new PackageException("PackageNotFetched", $"{package.Url} answers {(int)answer.StatusCode}");
            await using var source = await answer.Content.ReadAsStreamAsync(stall.Token);
            await using var target = File.Create(file);
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            var buffer = new byte[64 * 1024];
            while (await source.ReadAsync(buffer, stall.Token) is var count and > 0)
            {
                stall.CancelAfter(Stalled);
                hash.AppendData(buffer, 0, count);
                await target.WriteAsync(buffer.AsMemory(0, count), cancellation);
                if (target.Length > LargestZip)
                    throw new PackageException("PackageTooLarge", $"{package.Url} has more than {LargestZip} bytes");
            }

            if (Convert.ToHexStringLower(hash.GetHashAndReset()) is var found && found != package.Sha256)
                throw new PackageException("PackageChanged", $"{package.Url} has the SHA-256 {found}, not {package.Sha256}");
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new PackageException("PackageNotFetched", $"{package.Url} has sent nothing for {Stalled.TotalSeconds:0} s");
        }
        catch (HttpRequestException e)
        {
            throw new PackageException("PackageNotFetched", $"{package.Url} can't be fetched: {e.Message}", e);
        }
    }
}
