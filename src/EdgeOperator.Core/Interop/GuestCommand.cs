using System.Text;

namespace EdgeOperator.Core.Interop;

/// <summary>The one line that the bridge gives to the guest's <c>sh</c>, so that the guest needs no program of ours.</summary>
public static class GuestCommand
{
    /// <summary>
    /// The variable in which a session is given the variables of its program, so that their values stand in no command line, which every
    /// user of the guest may read. Debian's sshd, and others, accept the names of locales (<c>AcceptEnv LC_*</c>).
    /// </summary>
    public const string PassedName = "LC_EDGEOP";

    /// <summary>Can't be executed, as shells have it.</summary>
    private const int NotExecutable = 126;

    /// <summary>What <see cref="PassedName"/> holds.</summary>
    /// <param name="variables">The last of the same name counts.</param>
    /// <exception cref="ArgumentException">A value contains a NUL, or a name is empty or contains <c>=</c>.</exception>
    public static string Passed(IEnumerable<KeyValuePair<string, string>> variables)
    {
        var (exports, foreign) = Assignments(variables);
        return $"{exports}set -- {(foreign.Length > 0 ? $"env -- {foreign}" : "")}";
    }

    /// <summary>
    /// Changes the directory, sets the variables and becomes the program, whose process keeps the shell's id. A missing program
    /// ends it with 127, one that may not be run with 126, as in any shell.
    /// </summary>
    /// <param name="directory">An absolute path in the guest; null for the user's home.</param>
    /// <param name="variables">Those that no secret can be in. The last of the same name counts.</param>
    /// <param name="command">A program, looked for in PATH unless it has a slash, and its arguments; empty for the user's login shell.</param>
    /// <param name="mustEnter">End with 126 where the directory can't be entered, instead of staying at home.</param>
    /// <param name="isPassed">Whether there are variables in <see cref="PassedName"/> as well.</param>
    /// <exception cref="ArgumentException">A part contains a NUL, or a name is empty or contains <c>=</c>.</exception>
    public static string Line(string? directory, IEnumerable<KeyValuePair<string, string>> variables, IReadOnlyList<string> command, bool mustEnter = false, bool isPassed = false)
    {
        // The session begins at home, where it stays when the directory can't be entered.
        var line = new StringBuilder();
        if (directory is not null)
            line.Append("cd -- ").Append(ShellWords.Quote(directory)).Append(" 2>/dev/null").Append(mustEnter ? OrEnd($"the guest has no folder {directory} that its user may enter") : "; ");

        var (exports, foreign) = Assignments(variables);
        line.Append(exports);
        if (isPassed)
            line.Append("[ \"${").Append(PassedName).Append("+x}\" ]").Append(OrEnd($"the guest's sshd does not take the variables that are shared: have it AcceptEnv {PassedName}"))
                .Append("eval \"$").Append(PassedName).Append("\"; unset ").Append(PassedName).Append("; ");

        // Not every sh takes "exec --".
        line.Append("exec ");
        if (isPassed)
            line.Append("\"$@\" ");
        if (foreign.Length > 0 || command is [['-', ..], ..])
            line.Append("env -- ").Append(foreign);
        return line.Append(command.Count > 0 ? ShellWords.Join(command) : "\"${SHELL:-/bin/sh}\" -l").ToString();
    }

    private static string OrEnd(string why) => $" || {{ printf '%s\\n' {ShellWords.Quote($"edgeop: {why}")} >&2; exit {NotExecutable}; }}; ";

    /// <summary>The shell exports identifiers only; other names exist, such as <c>ProgramFiles(x86)</c>, and <c>env</c> passes them.</summary>
    private static (string Exports, string Foreign) Assignments(IEnumerable<KeyValuePair<string, string>> variables)
    {
        var (exports, foreign) = (new StringBuilder(), new StringBuilder());
        foreach (var (name, value) in variables)
        {
            if (IsIdentifier(name))
                exports.Append("export ").Append(name).Append('=').Append(ShellWords.Quote(value)).Append("; ");
            else if (name.Length > 0 && !name.Contains('='))
                foreign.Append(ShellWords.Quote($"{name}={value}")).Append(' ');
            else
                throw new ArgumentException($"\"{name}\" can't be the name of a variable.", nameof(variables));
        }

        return (exports.ToString(), foreign.ToString());
    }

    private static bool IsIdentifier(string name) =>
        name.Length > 0 && !char.IsAsciiDigit(name[0]) && name.All(c => c == '_' || char.IsAsciiLetterOrDigit(c));
}
