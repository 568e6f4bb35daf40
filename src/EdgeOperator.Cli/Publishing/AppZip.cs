using System.IO.Compression;
using EdgeOperator.Core.Text;

namespace EdgeOperator.Cli.Publishing;

/// <summary>
/// Packs an app's folder into a zip file, without what its <c>.funcignore</c> names. The same files give the same bytes, and
/// so the same version.
/// </summary>
internal static class AppZip
{
    private const string IgnoreFile = ".funcignore";
    private const int MaxDepth = 200;

    /// <summary>Regular files (<c>S_IFREG</c>), readable for all.</summary>
    private const int Mode = 0x81A4;

    private const int ExecutableMode = 0x81ED;

    /// <summary>Zip files know no earlier time.</summary>
    private static readonly DateTimeOffset NoTime = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>As Azure's tools: a developer's own files, whatever the patterns say.</summary>
    private static readonly string[] LeftOut = [IgnoreFile, ".gitignore", "local.settings.json", "project.lock.json", ".git"];

    /// <returns>How many files it holds.</returns>
    /// <exception cref="UserError">The folder is no function app.</exception>
    public static int Write(string folder, Stream output)
    {
        if (!File.Exists(Path.Combine(folder, "host.json")))
            throw new UserError(ExitCode.InvalidInput, $"{folder} has no host.json, so it is no function app: give the folder that has it");
        var ignore = Path.Combine(folder, IgnoreFile) is var file && File.Exists(file) ? IgnorePatterns.Parse(File.ReadAllText(file)) : IgnorePatterns.Parse("");
        var count = 0;
        using var archive = new ZipArchive(output, ZipArchiveMode.Create, leaveOpen: true);
        foreach (var path in Files(folder, ignore, "", depth: 0))
        {
            var source = Path.Combine(folder, path);
            var entry = archive.CreateEntry(path, CompressionLevel.Optimal);
            entry.LastWriteTime = NoTime;
            entry.ExternalAttributes = (IsExecutable(source) ? ExecutableMode : Mode) << 16;
            using var content = File.OpenRead(source);
            using var target = entry.Open();
            content.CopyTo(target);
            count++;
        }

        return count;
    }

    /// <summary>Paths of files, in the order of their names; links are followed.</summary>
    private static IEnumerable<string> Files(string root, IgnorePatterns ignore, string folder, int depth)
    {
        if (depth == MaxDepth)
            throw new UserError(ExitCode.InvalidInput, $"{Path.Combine(root, folder)} lies more than {MaxDepth} folders deep: is there a link to a folder that it lies in?");
        var items = new DirectoryInfo(Path.Combine(root, folder)).EnumerateFileSystemInfos()
            .Where(item => !(depth == 0 && LeftOut.Contains(item.Name)))
            .OrderBy(item => item.Name, StringComparer.Ordinal);
        foreach (var item in items)
        {
            var path = folder.Length == 0 ? item.Name : $"{folder}/{item.Name}";
            var isFolder = Directory.Exists(item.FullName);
            if ((!isFolder && !File.Exists(item.FullName)) || ignore.IsIgnored(path, isFolder && item.LinkTarget is null))
                continue;
            if (!isFolder)
            {
                yield return path;
                continue;
            }

            foreach (var inner in Files(root, ignore, path, depth + 1))
                yield return inner;
        }
    }

    private static bool IsExecutable(string path) => !OperatingSystem.IsWindows() && File.GetUnixFileMode(path).HasFlag(UnixFileMode.UserExecute);
}
