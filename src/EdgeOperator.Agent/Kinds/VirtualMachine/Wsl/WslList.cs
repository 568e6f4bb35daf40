using System.Text;

namespace EdgeOperator.Agent.Kinds.VirtualMachine.Wsl;

/// <param name="State"><c>Running</c>, <c>Stopped</c>, <c>Installing</c>, <c>Uninstalling</c>, <c>Converting</c> or <c>Exporting</c>.</param>
/// <param name="Version">1 or 2: which WSL runs it.</param>
internal sealed record WslDistribution(string Name, string State, int Version, bool IsDefault)
{
    public bool IsRunning => State == "Running";
}

/// <summary>
/// What <c>wsl.exe --list --verbose</c> prints: a header, then a line for each distribution with <c>*</c> before the default one
/// (microsoft/WSL, src/windows/common/WslClient.cpp, ListDistributionsHelper).
/// </summary>
internal static class WslList
{
    /// <summary>Words in its output when there is no distribution at all, which it calls an error.</summary>
    private const string NoDistribution = "WSL_E_DEFAULT_DISTRO_NOT_FOUND";

    public static IReadOnlyList<WslDistribution> Parse(string text) =>
        [.. text.Split('\n').Select(line => line.TrimEnd()).Select(ParseLine).OfType<WslDistribution>()];

    public static bool SaysThereIsNone(string text) => text.Contains(NoDistribution, StringComparison.Ordinal);

    /// <summary>wsl.exe prints UTF-16LE, and UTF-8 where it knows WSL_UTF8 (0.64.0 and later): no text of the latter has a zero byte.</summary>
    public static string Decode(ReadOnlySpan<byte> output)
    {
        var text = output.Contains((byte)0) ? Encoding.Unicode.GetString(output[..(output.Length & ~1)]) : Encoding.UTF8.GetString(output);
        return text.TrimStart('\ufeff').Replace("\r", "", StringComparison.Ordinal);
    }

    // From the end, since only the name may contain blanks; the header's last word is no number.
    private static WslDistribution? ParseLine(string line)
    {
        var isDefault = line.StartsWith('*');
        var words = line.TrimStart('*').Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return words.Length >= 3 && int.TryParse(words[^1], out var version)
            ? new(string.Join(' ', words[..^2]), words[^2], version, isDefault)
            : null;
    }
}
