using EdgeOperator.Agent.Sources;
using EdgeOperator.Core.Artifacts;
using EdgeOperator.Core.Manifests;

namespace EdgeOperator.Cli.Hub.Artifacts;

/// <summary>A folder of manifests as the package that devices download.</summary>
internal static class FolderPackage
{
    /// <exception cref="UserError">The folder can't be packed.</exception>
    public static async Task<Stream> OfAsync(string folder, Call call, CancellationToken cancellation)
    {
        var source = new DirectorySource(new DirectorySourceConfiguration { Name = "folder", Path = Path.GetFullPath(folder) }, call.Terminal.Time);
        var files = await source.FetchAsync(new(null), cancellation) switch
        {
            FetchResult.Fetched fetched => fetched.Artifact.Files,
            FetchResult.Failed failed => throw UserError.Invalid($"{folder} can't be packed: {failed.Message}"),
            _ => throw UserError.Invalid($"{folder} can't be packed"),
        };
        var package = new MemoryStream();
        try
        {
            ArtifactPackage.Write(package, files);
        }
        catch (InvalidDataException e)
        {
            throw UserError.Invalid($"{folder} can't be packed: {e.Message}");
        }

        package.Position = 0;
        return package;
    }
}
