namespace EdgeOperator.Core.Protocol;

/// <summary>A state of the disks of a virtual machine that can be gone back to.</summary>
/// <param name="At">When it was made, by the host's clock.</param>
/// <param name="IsAutomatic">The agent has made it, before another image.</param>
public sealed record SnapshotReport(string Name, DateTimeOffset At, bool IsAutomatic)
{
    /// <summary>How names of those begin that the agent makes itself.</summary>
    public const string AutomaticPrefix = "auto-";

    private const int LongestName = 64;

    /// <summary>Why no snapshot can have a name; null when one can.</summary>
    public static string? ProblemOf(string name) =>
        name.Length is 0 or > LongestName || !char.IsAsciiLetterOrDigit(name[0]) || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-')
            ? $"\"{name}\" can't be the name of a snapshot: take up to {LongestName} letters, digits, dots, underscores and hyphens, a letter or digit first"
            : null;
}
