using System.Collections.Immutable;
using EdgeOperator.Core.Protocol;

namespace EdgeOperator.Cli.Machines;

/// <summary>A program to run in a guest.</summary>
/// <param name="Command">Empty for a login shell.</param>
internal sealed record GuestCall(string Machine, ImmutableArray<string> Command)
{
    /// <summary>The agent's configuration; null for the usual one.</summary>
    public string? Config { get; init; }

    /// <summary>Null for the machine's own default.</summary>
    public string? User { get; init; }

    /// <summary>In the guest; <c>~</c> for the user's home; null for the caller's own directory where the guest sees it.</summary>
    public string? Directory { get; init; }

    /// <summary>Whether the program stays when this process ends before it; otherwise it is hung up, as over <c>ssh -t</c>.</summary>
    public bool KeepsRunning { get; init; }

    public string UserOf(MachineAccess access) => User ?? access.User;

    /// <summary>
    /// Reads <c>[--config FILE] vm exec [OPTION…] NAME [OPTION…] [--] COMMAND…</c> and <c>vm shell</c> without the machinery that all
    /// other verbs can afford. Null when it is not that, or not quite: then that machinery reports what is wrong, or shows help.
    /// </summary>
    public static GuestCall? TryRead(ReadOnlySpan<string> line)
    {
        string? machine = null, config = null, user = null, directory = null;
        if (line is ["--config", [not '-', ..], "vm", ..])
        {
            config = line[1];
            line = line[2..];
        }

        if (line is not ["vm", "exec" or "shell", ..])
            return null;
        var (isShell, keepsRunning) = (line[1] == "shell", false);
        var at = 2;
        for (; at < line.Length && line[at] != "--"; at++)
        {
            if (line[at] == "--nohup" && !keepsRunning)
            {
                keepsRunning = true;
                continue;
            }

            if (line[at] is ['-', ..])
            {
                if (at + 1 == line.Length || line[at + 1] is [] or ['-', ..])
                    return null;
                switch (line[at])
                {
                    case "--user" or "-u" when user is null:
                        user = line[++at];
                        continue;
                    case "--cd" when directory is null:
                        directory = line[++at];
                        continue;
                    case "--config" when config is null:
                        config = line[++at];
                        continue;
                    default:
                        return null;
                }
            }

            if (machine is not null)
                break;
            machine = line[at];
        }

        var command = line[Math.Min(at + (at < line.Length && line[at] == "--" ? 1 : 0), line.Length)..];
        return machine is null || isShell != command.IsEmpty ? null
            : new(machine, [.. command]) { Config = config, User = user, Directory = directory, KeepsRunning = keepsRunning };
    }
}
