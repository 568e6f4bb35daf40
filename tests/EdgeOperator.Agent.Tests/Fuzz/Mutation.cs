using FsCheck;
using FsCheck.Fluent;

namespace EdgeOperator.Agent.Tests.Fuzz;

/// <summary>One change to an input.</summary>
/// <param name="At">Where, as a part of the input's length from 0 to 10,000.</param>
/// <param name="Amount">A byte's value, or how much is removed or repeated.</param>
internal sealed record Mutation(MutationKind Kind, int At, int Amount)
{
    private const int LargestInput = 256 * 1024;

    private static readonly byte[][] Tokens =
    [
        .. new[] { "\0", "\n", "\r\n", "\"", "{", "}", "[", "]", "- ", ": ", "&a ", "*a", "<<: ", "!!binary ", "${", "${vars.x:-", "$${", "---\n", "null", "true", "1e999", "-1",
            "9223372036854775808", "0x80000000", "\\ud800", "../", "/", "# TYPE ", "\u202e", "\e[2J" }.Select(System.Text.Encoding.UTF8.GetBytes),
        [0xFF, 0xFE], [0x80], [0xC0, 0xAF], [0xED, 0xA0, 0x80], [0xFF, 0xFF, 0xFF, 0xFF], [0x80, 0, 0, 0],
    ];

    public static Gen<Mutation> Any { get; } =
        from kind in Gen.Elements(Enum.GetValues<MutationKind>())
        from at in Gen.Choose(0, 10_000)
        from amount in Gen.Choose(0, 1023)
        select new Mutation(kind, at, amount);

    public byte[] Apply(byte[] input)
    {
        var at = (int)((long)input.Length * At / 10_001);
        var count = Math.Min(Amount, input.Length - at);
        return Kind switch
        {
            MutationKind.Flip when at < input.Length => [.. input[..at], (byte)(input[at] ^ (1 << (Amount % 8))), .. input[(at + 1)..]],
            MutationKind.Set when at < input.Length => [.. input[..at], (byte)Amount, .. input[(at + 1)..]],
            MutationKind.Remove => [.. input[..at], .. input[(at + count)..]],
            MutationKind.Repeat when input.Length + count < LargestInput => [.. input[..(at + count)], .. input[at..]],
            MutationKind.Nest when input.Length < LargestInput => [.. input[..at], .. Enumerable.Repeat(Tokens[Amount % Tokens.Length], Amount).SelectMany(t => t), .. input[at..]],
            MutationKind.Insert => [.. input[..at], .. Tokens[Amount % Tokens.Length], .. input[at..]],
            MutationKind.Truncate => input[..at],
            _ => input,
        };
    }
}

internal enum MutationKind
{
    Flip,
    Set,
    Remove,
    Repeat,
    Insert,
    Nest,
    Truncate,
}
