using System.Globalization;

namespace EdgeOperator.Testing;

/// <summary>A tmpfs that is soon full, mounted for as long as the object lives. Takes root, or sudo without a password.</summary>
public sealed class TinyDisk : IAsyncDisposable
{
    private readonly TempFolder _mountPoint = new();

    private TinyDisk(string? at) => Path = at ?? _mountPoint;

    public string Path { get; }

    private string Filler => System.IO.Path.Combine(Path, "filler");

    /// <param name="at">A folder that exists; null for one of its own. It can neither be moved nor deleted then.</param>
    public static async Task<TinyDisk> MountAsync(int kilobytes, string? at = null)
    {
        var disk = new TinyDisk(at);
        try
        {
            await AsRootAsync("mount", "-t", "tmpfs", "-o", string.Create(CultureInfo.InvariantCulture, $"size={kilobytes}k,mode=0777"), "tmpfs", disk.Path);
            return disk;
        }
        catch
        {
            disk._mountPoint.Dispose();
            throw;
        }
    }

    /// <summary>Takes all the space that is left.</summary>
    public void Fill()
    {
        using var filler = new FileStream(Filler, FileMode.Append, FileAccess.Write, FileShare.None, bufferSize: 0);
        foreach (var size in (int[])[4096, 256, 1])
        {
            try
            {
                while (true)
                {
                    filler.Write(new byte[size]);
                }
            }
            catch (IOException)
            {
                // Full for writes of this size.
            }
        }
    }

    /// <summary>Gives the space back that <see cref="Fill"/> took.</summary>
    public void Free() => File.Delete(Filler);

    public async ValueTask DisposeAsync()
    {
        await AsRootAsync("umount", "--lazy", Path);
        _mountPoint.Dispose();
    }

    private static Task<string> AsRootAsync(string program, params string[] arguments) =>
        Environment.IsPrivilegedProcess ? Shell.RunAsync(program, arguments) : Shell.RunAsync("sudo", ["-n", program, .. arguments]);
}
