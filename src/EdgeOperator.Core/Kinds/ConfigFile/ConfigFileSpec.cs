using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;

namespace EdgeOperator.Core.Kinds.ConfigFile;

/// <summary>A file's desired content and metadata, and what to do after it changed.</summary>
public sealed record ConfigFileSpec
{
    /// <summary>The absolute path on the device.</summary>
    public required string Path { get; init; }

    public required ReadOnlyMemory<byte> Content { get; init; }

    /// <summary>Permission bits, 0 to 0o7777.</summary>
    public int Mode { get; init; } = 0b110_100_100;

    /// <summary><c>user</c>, <c>user:group</c> or numeric ids; null leaves the owner to the agent's own user.</summary>
    public string? Owner { get; init; }

    public FileAction? OnChange { get; init; }

    /// <summary>SHA-256 of the content in lower-case hex.</summary>
    public string ContentHash => field ??= Convert.ToHexStringLower(SHA256.HashData(Content.Span));

    public string Hash => field ??= Convert.ToHexStringLower(
        SHA256.HashData(Encoding.UTF8.GetBytes($"{Path}\n{ContentHash}\n{Mode}\n{Owner}\n{OnChange}")))[..16];
}

/// <summary>What follows a file's change. The hierarchy is closed.</summary>
public abstract record FileAction
{
    private FileAction()
    {
    }

    public sealed record ReloadUnit(string Unit) : FileAction
    {
        public override string ToString() => $"reload unit {Unit}";
    }

    public sealed record RestartUnit(string Unit) : FileAction
    {
        public override string ToString() => $"restart unit {Unit}";
    }

    public sealed record RestartModule(string Module) : FileAction
    {
        public override string ToString() => $"restart EdgeModule/{Module}";
    }

    /// <summary>A program and its arguments, run without a shell.</summary>
    public sealed record Run(ImmutableArray<string> Command) : FileAction
    {
        public override string ToString() => $"run {string.Join(' ', Command)}";

        public bool Equals(Run? other) => other is not null && Command.SequenceEqual(other.Command);

        public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);
    }
}
