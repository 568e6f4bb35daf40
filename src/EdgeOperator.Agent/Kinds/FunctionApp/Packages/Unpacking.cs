using System.Collections.Immutable;
using EdgeOperator.Core.Manifests;

namespace EdgeOperator.Agent.Kinds.FunctionApp.Packages;

/// <summary>Writes an app's files as they lay in their source: paths have been checked there.</summary>
internal static class Unpacking
{
    public static void Write(ImmutableArray<ManifestFile> files, string folder, CancellationToken cancellation)
    {
        foreach (var file in files)
        {
            cancellation.ThrowIfCancellationRequested();
            var path = Path.Combine(folder, file.Path);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            if (file.LinkedFrom is { } from)
            {
                // What looks for its neighbours, as programs in node_modules/.bin do, has to find out where it really lies.
                File.CreateSymbolicLink(path, Path.GetRelativePath(Path.GetDirectoryName(path)!, Path.Combine(folder, from)));
                continue;
            }

            File.WriteAllBytes(path, file.Content.Span);
            if (file.IsExecutable && !OperatingSystem.IsWindows())
                File.SetUnixFileMode(path, File.GetUnixFileMode(path) | UnixFileMode.UserExecute);
        }
    }
}
