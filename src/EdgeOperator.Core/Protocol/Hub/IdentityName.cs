using System.Buffers;

namespace EdgeOperator.Core.Protocol.Hub;

/// <summary>Names of devices and modules: case-sensitive, 1 to 128 of the characters that IoT Hub allows.</summary>
public static class IdentityName
{
    public const int MaxLength = 128;

    private static readonly SearchValues<char> Allowed = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-.+%_#*?!(),:=@$'");

    public static bool IsValid(string name) => name.Length is > 0 and <= MaxLength && !name.AsSpan().ContainsAnyExcept(Allowed);
}
