using EdgeOperator.Core.Kinds.SystemUpdate;
using EdgeOperator.Core.Kinds.SystemUpdate.Packages;

namespace EdgeOperator.Agent.Kinds.SystemUpdate.Packages;

/// <summary>Fetches lists and packages. Nothing that is installed changes.</summary>
internal sealed class PackageFetch(PackageTools tools, WorkLog log)
{
    private static readonly TimeSpan RefreshTimeout = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan DownloadTimeout = TimeSpan.FromHours(12);

    /// <returns>Why it failed; null when it has not.</returns>
    public async Task<string?> RefreshAsync(CancellationToken cancellation)
    {
        log.Rotate();

        // Without --error-on a source that can't be fetched is a warning.
        var result = await tools.RunAsync(RefreshTimeout, log.Path, cancellation, "apt-get", "-q", "--error-on=any", "-o", "Acquire::Retries=2", "update");
        return result.IsSuccess ? null : AptOutput.Explain(result);
    }

    /// <returns>Why it failed; null when it has not. What there is to go back by is fetched as far as it can be had.</returns>
    public async Task<string?> DownloadAsync(PackageTransaction? planned, CancellationToken cancellation)
    {
        if (planned is null)
            return "what to fetch is not known";
        log.Rotate();
        await SaveOldAsync(planned, cancellation);

        // dpkg's lock is not needed to fetch, and others may need it meanwhile.
        var result = await tools.RunAsync(DownloadTimeout, log.Path, cancellation, ["apt-get", .. PackageTools.Options, "-o", "Acquire::Retries=2", "-o", "Debug::NoLocking=true", "--download-only", "install", .. planned.Request]);
        return result.IsSuccess ? null : AptOutput.Explain(result);
    }

    private async Task SaveOldAsync(PackageTransaction planned, CancellationToken cancellation)
    {
        var look = new PackageLook(tools, PackageWork.Saved);
        var missing = planned.Changes.Where(change => change.From is not null && look.FindSaved(change) is null).ToList();
        Directory.CreateDirectory(tools.PathOf(PackageWork.Saved));
        foreach (var change in missing)
        {
            // One at a time: a version that no repository has any more is no reason to miss the others.
            await tools.RunAsync(DownloadTimeout, log.Path, cancellation, "sh", "-c", "cd \"$0\" && exec apt-get -q -o APT::Sandbox::User=root download \"$1\"", PackageWork.Saved, $"{change.Name}={change.From}");
        }
    }

    /// <summary>Keeps what is installed now, for the next time, and drops what is older than what was there before.</summary>
    public static void KeepInstalled(PackageTools tools, PackageTransaction applied)
    {
        var (look, folder) = (new PackageLook(tools, PackageWork.Saved), tools.PathOf(PackageWork.Saved));
        Directory.CreateDirectory(folder);
        foreach (var change in applied.Changes)
        {
            string?[] kept = [Keep(change.From), Keep(change.To)];
            foreach (var file in Directory.EnumerateFiles(folder, $"{change.Name.Split(':')[0]}_*.deb").Where(file => !kept.Contains(Path.GetFileName(file))))
                File.Delete(file);

            string? Keep(string? version)
            {
                if (version is null || look.FindSaved(new PackageChange(change.Name, version, null)) is not { } found)
                    return null;
                var name = Path.GetFileName(found);
                return File.Exists(Path.Combine(folder, name)) || Copy(tools.PathOf(found), Path.Combine(folder, name)) ? name : null;
            }
        }
    }

    /// <summary>Never leaves a part of a package, by which nothing could go back.</summary>
    private static bool Copy(string from, string to)
    {
        try
        {
            File.Copy(from, $"{to}.new", overwrite: true);
            File.Move($"{to}.new", to);
            return true;
        }
        catch (IOException)
        {
            // The disk is full: what was applied is well all the same.
            File.Delete($"{to}.new");
            return false;
        }
    }
}
