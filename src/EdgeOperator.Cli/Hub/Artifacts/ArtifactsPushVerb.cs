using System.CommandLine;
using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using EdgeOperator.Core.Artifacts;

namespace EdgeOperator.Cli.Hub.Artifacts;

internal sealed class ArtifactsPushVerb : Verb
{
    private readonly Argument<string> _path = new("PATH") { Description = "A folder, which is packed; or a package (.tar.gz)" };

    public ArtifactsPushVerb()
        : base("push", "Pack a folder of manifests and give it to the hub. The same files have the same digest, whoever packs them")
    {
        Add(_path);
    }

    public override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var path = call.Get(_path)!;
        using var hub = HubClient.Of(call);
        await using var package = Directory.Exists(path) ? await FolderPackage.OfAsync(path, call, cancellation) : Open(path);
        var hash = Convert.ToHexStringLower(await SHA256.HashDataAsync(package, cancellation));
        package.Position = 0;
        var isNew = !await HasAsync(hub, hash, cancellation);
        if (isNew)
            await hub.UploadAsync(HttpMethod.Put, $"artifacts/{hash}", package, cancellation);
        if (call.Printer.IsDocument)
            call.Printer.Print((JsonNode)new JsonObject { ["digest"] = ArtifactDigest.OfHash(hash), ["size"] = package.Length, ["new"] = isNew });
        else
            call.Terminal.Out.WriteLine(ArtifactDigest.OfHash(hash));
        return ExitCode.Done;
    }

    private static async Task<bool> HasAsync(HubClient hub, string hash, CancellationToken cancellation)
    {
        try
        {
            (await hub.SendAsync(HttpMethod.Head, $"artifacts/{hash}", null, cancellation)).Dispose();
            return true;
        }
        catch (HubRefusedException e) when (e.Status == HttpStatusCode.NotFound)
        {
            return false;
        }
    }

    // What no device would take is not worth sending.
    private static FileStream Open(string path)
    {
        try
        {
            var file = File.OpenRead(path);
            try
            {
                ArtifactPackage.Read(file, PackageLimits.Default);
                file.Position = 0;
                return file;
            }
            catch
            {
                file.Dispose();
                throw;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw UserError.Invalid($"{path} is no package that a device would take: {e.Message}");
        }
    }
}
