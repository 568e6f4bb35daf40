using System.Runtime.Versioning;
using System.Text;
using EdgeOperator.Core.Interop;

namespace EdgeOperator.Cli.Machines;

/// <summary>
/// What this process was given, byte for byte, as <see cref="PosixText"/> has it: where something is not UTF-8, the framework puts
/// another character in its place.
/// </summary>
[SupportedOSPlatform("linux")]
internal static class Given
{
    /// <param name="known">As the framework tells them.</param>
    public static string[] Arguments(string[] known)
    {
        if (!known.Any(IsDoubtful))
            return known;

        // Before them are the program and, where it is not one file, its assembly.
        var exact = Strings("/proc/self/cmdline");
        return exact.Count < known.Length ? known : [.. exact.TakeLast(known.Length)];
    }

    /// <summary>A variable of the environment; null when it is not defined.</summary>
    public static string? Variable(string name)
    {
        var known = Environment.GetEnvironmentVariable(name);
        return known is null || !IsDoubtful(known) ? known
            : Strings("/proc/self/environ").Find(v => v.StartsWith($"{name}=", StringComparison.Ordinal))?[(name.Length + 1)..] ?? known;
    }

    /// <summary>The working directory.</summary>
    public static string Directory()
    {
        var known = Environment.CurrentDirectory;
        return IsDoubtful(known) && Native.CurrentDirectory() is { } exact ? PosixText.Decode(exact) : known;
    }

    private static bool IsDoubtful(string text) => text.Contains((char)Rune.ReplacementChar.Value);

    // Each ends with a NUL.
    private static List<string> Strings(string file)
    {
        var strings = new List<string>();
        var rest = File.ReadAllBytes(file).AsSpan();
        while (rest.IndexOf((byte)0) is >= 0 and var end)
        {
            strings.Add(PosixText.Decode(rest[..end]));
            rest = rest[(end + 1)..];
        }

        return strings;
    }
}
