using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;

namespace EdgeOperator.Core.Kinds.EdgeModule.Compiling;

/// <summary>The small languages inside the engine's create request.</summary>
internal static partial class EngineSyntax
{
    /// <summary>In bytes; the engine refuses less.</summary>
    public const long SmallestMemory = 6 * 1024 * 1024;

    /// <summary><c>80</c>, <c>80/tcp</c>, <c>80/udp</c> or <c>80/sctp</c>.</summary>
    public static bool IsPort(string text) => Port().Match(text) is { Success: true } match && InRange(match.Groups[1].Value);

    /// <summary>A port, a range of them, or nothing for any free one.</summary>
    public static bool IsHostPort(string text)
    {
        if (text.Length == 0)
            return true;
        var match = PortRange().Match(text);
        var (first, last) = (match.Groups[1].Value, match.Groups[2].Value);
        return match.Success && (first == "0" || InRange(first)) && (last.Length == 0 || (InRange(last) && Number(first) <= Number(last)));
    }

    public static bool IsAddress(string text) => text.Length == 0 || IPAddress.TryParse(text, out _);

    /// <summary><c>NAME=VALUE</c>, or <c>NAME</c> alone, which takes the image's variable away.</summary>
    public static bool IsVariable(string text) => text.Length > 0 && text[0] != '=' && !text.Contains('\0');

    /// <summary><c>NAME:ADDRESS</c>; the address may hold colons, and the engine knows the word <c>host-gateway</c>.</summary>
    public static bool IsExtraHost(string text) =>
        text.IndexOfAny([':', '=']) is var at and > 0 && text[(at + 1)..] is var address
        && (address == "host-gateway" || (address.Length > 0 && IsAddress(address.Trim('[', ']'))));

    public static bool IsCpuSet(string text) => text.Length == 0 || CpuSet().IsMatch(text);

    public static bool IsSignal(string text) => text.Length == 0 || Signal().IsMatch(text);

    private static bool InRange(string port) => Number(port) is >= 1 and <= ushort.MaxValue;

    private static int Number(string digits) => int.Parse(digits, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"\A([0-9]{1,5})(?:/(?:tcp|udp|sctp))?\z", RegexOptions.IgnoreCase)]
    private static partial Regex Port();

    [GeneratedRegex(@"\A([0-9]{1,5})(?:-([0-9]{1,5}))?(?:/(?:tcp|udp|sctp))?\z", RegexOptions.IgnoreCase)]
    private static partial Regex PortRange();

    [GeneratedRegex(@"\A[0-9]+(?:-[0-9]+)?(?:,[0-9]+(?:-[0-9]+)?)*\z")]
    private static partial Regex CpuSet();

    [GeneratedRegex(@"\A(?:[0-9]{1,2}|(?:SIG)?[A-Z][A-Z0-9+-]*)\z", RegexOptions.IgnoreCase)]
    private static partial Regex Signal();
}
