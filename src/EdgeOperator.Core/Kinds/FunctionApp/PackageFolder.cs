using System.Collections.Immutable;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Manifests.Nodes;
using EdgeOperator.Core.Manifests.Reading;

namespace EdgeOperator.Core.Kinds.FunctionApp;

/// <summary>A function app's folder in a source: which files it has, and whether it can be one.</summary>
internal static class PackageFolder
{
    /// <summary>What is no part of any app: a developer's own files.</summary>
    private static readonly string[] LeftOut = [".funcignore", ".gitignore"];

    /// <returns>Null after a problem.</returns>
    public static FunctionPackage.Folder? Read(string manifest, ScalarNode reference, SourceFiles files, ProblemCollector problems)
    {
        if (SourceFiles.Resolve(manifest, reference.Text) is not { } folder)
        {
            problems.Add(reference.Where, $"the folder {Quote.Short(reference.Text)} lies outside of the source", "move it into the source");
            return null;
        }

        ImmutableArray<ManifestFile> found = [.. files.Below(folder).Where(f => !LeftOut.Contains(f.Path) && Full(folder, f.Path) != manifest)];
        if (files.RefusedAt(folder) is { } refused)
        {
            problems.Add(reference.Where, $"{Quote.Short(refused.Path)} {refused.Refused}", SourceFiles.RefusedFix);
            return null;
        }
        if (found.FirstOrDefault(f => f.Refused is not null) is { } part)
        {
            problems.Add(reference.Where, $"{Quote.Short(Full(folder, part.Path))} {part.Refused}", "correct it, or remove it from the app");
            return null;
        }

        if (found.FirstOrDefault(f => f.Path == "local.settings.json") is not null)
        {
            problems.Add(
                reference.Where,
                $"{Quote.Short(folder)} holds a local.settings.json, which is for a developer's machine and may hold secrets",
                "remove it from the source (add it to .gitignore); settings belong into `settings`, secrets into `settingsFiles`");
            return null;
        }

        if (found.Any(f => f.Path == "host.json"))
        {
            Advise(reference, found, problems);
            return new(folder, found);
        }

        problems.Add(
            reference.Where,
            found.IsEmpty ? $"the source has no folder {Quote.Short(folder)}" : $"the folder {Quote.Short(folder)} has no host.json, so it is no function app",
            found.IsEmpty && files.AppFolder() is { } near ? $"did you mean `/{near}`?" : "commit the app; the path counts from the manifest's folder, or with a leading `/` from the source's root");
        return null;
    }

    private static void Advise(ScalarNode reference, ImmutableArray<ManifestFile> files, ProblemCollector problems)
    {
        bool Has(string path) => files.Any(f => f.Path == path);
        var needsMore = files.FirstOrDefault(f => f.Path == "package.json") is { } package
            && NodeDependencies.AreNamed(package.Content.Span)
            && !files.Any(f => f.Path.StartsWith("node_modules/", StringComparison.Ordinal));
        if (needsMore && !NodeDependencies.LockFiles.Any(Has))
            problems.Warn(
                reference.Where,
                "the app's package.json names dependencies, but there is neither a node_modules folder nor a lock file",
                "commit package-lock.json, and the device installs them with npm; or commit node_modules");
    }

    private static string Full(string folder, string path) => folder.Length == 0 ? path : $"{folder}/{path}";
}
