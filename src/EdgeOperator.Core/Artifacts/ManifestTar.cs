using System.Formats.Tar;
using EdgeOperator.Core.Manifests;

namespace EdgeOperator.Core.Artifacts;

/// <summary>What every tar file of manifests has in common.</summary>
public static class ManifestTar
{
    private const UnixFileMode Plain = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode Executable = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    public static UnixFileMode ModeOf(ManifestFile file) => file.IsExecutable ? Plain | Executable : Plain;

    public static Stream DataOf(ManifestFile file) => new MemoryStream(file.Content.ToArray(), writable: false);

    /// <exception cref="EndOfStreamException">The tar file ends before the entry does.</exception>
    public static byte[] ContentOf(TarEntry entry)
    {
        var content = new byte[entry.Length];
        entry.DataStream?.ReadExactly(content);
        return content;
    }
}
