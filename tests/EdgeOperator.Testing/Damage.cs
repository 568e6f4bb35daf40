using System.Diagnostics;

namespace EdgeOperator.Testing;

/// <summary>What power cuts, bad disks and people do to a file.</summary>
public enum Damage
{
    Truncated,
    Zeros,
    Garbage,
    OtherBytes,
    Empty,
    Missing,
    FolderInItsPlace,
    LinkInItsPlace,
    PipeInItsPlace,
}

public static class Damages
{
    public static IEnumerable<Damage> All => Enum.GetValues<Damage>();

    public static void Apply(this Damage damage, string file)
    {
        var content = File.ReadAllBytes(file);
        switch (damage)
        {
            case Damage.Truncated:
                File.WriteAllBytes(file, content[..(content.Length / 2)]);
                break;
            case Damage.Zeros:
                File.WriteAllBytes(file, new byte[content.Length]);
                break;
            case Damage.Garbage:
                var random = new byte[content.Length];
                new Random(1).NextBytes(random);
                File.WriteAllBytes(file, random);
                break;
            case Damage.OtherBytes:
                // Often still JSON.
                File.WriteAllBytes(file, [.. content.Select(b => b switch { (byte)'1' => (byte)'2', (byte)'a' => (byte)'b', _ => b })]);
                break;
            case Damage.Empty:
                File.WriteAllBytes(file, []);
                break;
            case Damage.Missing:
                File.Delete(file);
                break;
            case Damage.FolderInItsPlace:
                File.Delete(file);
                Directory.CreateDirectory(file);
                File.WriteAllText(Path.Combine(file, "something"), "of somebody's");
                break;
            case Damage.LinkInItsPlace:
                File.Delete(file);
                File.CreateSymbolicLink(file, "/dev/null");
                break;
            case Damage.PipeInItsPlace:
                File.Delete(file);
                using (var made = Process.Start("mkfifo", [file]))
                    made.WaitForExit();
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(damage));
        }
    }
}
