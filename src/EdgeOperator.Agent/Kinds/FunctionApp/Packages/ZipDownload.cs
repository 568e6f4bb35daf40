using System.Security.Cryptography;
using EdgeOperator.Core.Kinds.FunctionApp;
using EdgeOperator.Platform.Publishing;

namespace EdgeOperator.Agent.Kinds.FunctionApp.Packages;

/// <summary>Fetches a zip file, and unpacks it when it is the one that was meant.</summary>
internal sealed class ZipDownload : IDisposable
{
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
            Unpacking.Unzip(zip, folder, package.Url, cancellation);
        }
        finally
        {
            File.Delete(zip);
        }
    }

    public void Dispose() => _http.Dispose();

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
                if (target.Length > ZipPackage.LargestZip)
                    throw new PackageException("PackageTooLarge", $"{package.Url} has more than {ZipPackage.LargestZip} bytes");
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
