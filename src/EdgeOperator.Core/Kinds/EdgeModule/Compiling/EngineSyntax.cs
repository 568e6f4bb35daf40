using System.Globalization;
using System.Text.RegularExpressions;
using EdgeOperator.Core.Manifests.Definitions;

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

    public static bool IsAddress(string text) => text.Length == 0 || IsIPv4Address(text) || IsIPv6Address(text);

    public static bool IsIPv4Address(string text) => text.Length == 0 || IpAddressType.IsIPv4(text);

    public static bool IsIPv6Address(string text) => text.Length == 0 || IpAddressType.IsIPv6(text);

    /// <summary><c>NAME=VALUE</c>, or <c>NAME</c> alone, which takes the image's variable away.</summary>
    public static bool IsVariable(string text) => text.Length > 0 && text[0] != '=' && !text.Contains('\0');

    /// <summary><c>NAME:ADDRESS</c>; the address may hold colons, and the engine knows the word <c>host-gateway</c>.</summary>
    public static bool IsExtraHost(string text) =>
        text.IndexOf(':') is var at and > 0 && text[(at + 1)..] is var address
        && (address == "host-gateway" || (address.Length > 0 && IsAddress(address)));

    /// <summary><c>CONTAINER</c> or <c>CONTAINER:ALIAS</c>.</summary>
    public static bool IsLink(string text) => text.Split(':') is { Length: <= 2 } parts && parts.All(part => part.Length > 0);

    /// <summary>Numbers and ranges of them, each from low to high.</summary>
    public static bool IsCpuSet(string text) => text.Length == 0 || (CpuSet().IsMatch(text) && text.Split(',').All(IsAscending));

    /// <summary>A port as <see cref="IsPort"/> takes it, or a range of them.</summary>
    public static bool IsExposedPort(string text) => IsPort(text) || (text.Contains('-', StringComparison.Ordinal) && IsHostPort(text));

    /// <summary>48 bits in any of the three usual ways.</summary>
    public static bool IsMacAddress(string text) => text.Length == 0 || MacAddress().IsMatch(text);

    /// <summary>At most 64 bytes, as the kernel takes them, in the labels of RFC 1123; an underscore is tolerated.</summary>
    public static bool IsHostName(string text) => text.Length == 0 || (text.Length <= 64 && HostName().IsMatch(text));

    /// <summary>A network's own name, or its id.</summary>
    public static bool IsNetworkName(string text) => NetworkName().IsMatch(text);

    /// <summary><c>default</c>, <c>host</c>, <c>container:NAME</c>, a network's name, and Podman's words with options.</summary>
    public static bool IsNetworkMode(string text) =>
        text.Length == 0 || text.IndexOf(':') switch
        {
            < 0 => IsNetworkName(text),
            var colon => text[..colon] switch
            {
                "container" => IsContainerReference(text[(colon + 1)..]),
                "ns" => text.Length > colon + 1,
                var kind => kind is "bridge" or "slirp4netns" or "pasta",
            },
        };

    /// <summary>A container's name, or the beginning of its id.</summary>
    public static bool IsContainerReference(string text) => NetworkName().IsMatch(text);

    public static bool IsContainerName(string text) => ContainerName().IsMatch(text);

    /// <summary>What <see cref="IsUser"/> takes, for messages.</summary>
    public const string UserForm = "USER or USER:GROUP, by name or by a number up to 2147483647";

    /// <summary>A user or group by name or number, as <c>USER[:GROUP]</c>; numbers fit into 31 bits, and what is left out is the image's.</summary>
    public static bool IsUser(string text) =>
        text.Length == 0 || (text.Split(':') is { Length: <= 2 } parts && parts.Any(part => part.Length > 0) && parts.All(part =>
            !part.StartsWith('-') && !part.Any(c => char.IsWhiteSpace(c) || char.IsControl(c))
            && (part.Length == 0 || !part.All(char.IsAsciiDigit) || (part.Length <= 10 && long.Parse(part, CultureInfo.InvariantCulture) <= int.MaxValue))));

    /// <summary><c>TYPE MAJOR:MINOR ACCESS</c>.</summary>
    public static bool IsDeviceRule(string text) => DeviceRule().IsMatch(text);

    public static bool IsUserNamespace(string text) =>
        text is "" or "host" or "private" or "nomap" or "keep-id" or "auto"
        || (text.IndexOf(':') is var colon and > 0 && text[..colon] is "keep-id" or "auto" or "nomap" or "ns" or "container");

    /// <summary>The program of a health check: <c>NONE</c>, or <c>CMD</c> or <c>CMD-SHELL</c> and what is run; nothing takes the image's.</summary>
    public static bool IsHealthTest(IReadOnlyList<string> test) => test switch
    {
        [] => true,
        ["NONE"] => true,
        ["CMD", { Length: > 0 }, ..] => true,
        ["CMD-SHELL", { Length: > 0 }] => true,
        _ => false,
    };

    private static bool IsAscending(string range) =>
        range.Split('-') is not [var first, var last]
        || (int.TryParse(first, CultureInfo.InvariantCulture, out var low) && int.TryParse(last, CultureInfo.InvariantCulture, out var high) && low <= high);

    private static bool InRange(string port) => Number(port) is >= 1 and <= ushort.MaxValue;

    private static int Number(string digits) => int.Parse(digits, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"\A([0-9]{1,5})(?:/(?:tcp|udp|sctp))?\z", RegexOptions.IgnoreCase)]
    private static partial Regex Port();

    [GeneratedRegex(@"\A([0-9]{1,5})(?:-([0-9]{1,5}))?(?:/(?:tcp|udp|sctp))?\z", RegexOptions.IgnoreCase)]
    private static partial Regex PortRange();

    [GeneratedRegex(@"\A[0-9]+(?:-[0-9]+)?(?:,[0-9]+(?:-[0-9]+)?)*\z")]
    private static partial Regex CpuSet();

    [GeneratedRegex(@"\A(?:[0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2}){5}|[0-9A-Fa-f]{2}(?:-[0-9A-Fa-f]{2}){5}|[0-9A-Fa-f]{4}(?:\.[0-9A-Fa-f]{4}){2})\z")]
    private static partial Regex MacAddress();

    [GeneratedRegex(@"\A[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,62}[A-Za-z0-9_])?(?:\.[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,62}[A-Za-z0-9_])?)*\z")]
    private static partial Regex HostName();

    [GeneratedRegex(@"\A[a-zA-Z0-9][a-zA-Z0-9_.-]*\z")]
    private static partial Regex NetworkName();

    [GeneratedRegex(@"\A[a-zA-Z0-9][a-zA-Z0-9_.-]+\z")]
    private static partial Regex ContainerName();

    [GeneratedRegex(@"\A[acb] (?:[0-9]+|\*):(?:[0-9]+|\*) [rwm]{1,3}\z")]
    private static partial Regex DeviceRule();
}
