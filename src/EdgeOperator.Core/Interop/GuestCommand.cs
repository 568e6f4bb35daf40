using System.Text;

namespace EdgeOperator.Core.Interop;

/// <summary>The one line that the bridge gives to the guest's <c>sh</c>, so that the guest needs no program of ours.</summary>
public static class GuestCommand
{
    /// <summary>
    /// Changes the directory, sets the variables and becomes the program, whose process keeps the shell's id. A missing program
    /// ends it with 127, one that may not be run with 126, as in any shell.
    /// </summary>
    /// <param name="directory">An absolute path in the guest; where it is missing, and when null, the user's home.</param>
    /// <param name="variables">The last of the same name counts.</param>
    /// <param name="command">A program, looked for in PATH unless it has a slash, and its arguments; empty for the user's login shell.</param>
    /// <exception cref="ArgumentException">A part contains a NUL, or a name is empty or contains <c>=</c>.</exception>
    public static string Line(string? directory, IEnumerable<KeyValuePair<string, string>> variables, IReadOnlyList<string> command)
    {
        // The session begins at home, where it stays when the directory can't be entered.
        var line = new StringBuilder();
        if (directory is not null)
            line.Append("cd -- ").Append(ShellWords.Quote(directory)).Append(" 2>/dev/null; ");

        // The shell exports identifiers only; other names exist, such as ProgramFiles(x86), and env passes them.
        var foreign = new StringBuilder();
        foreach (var (name, value) in variables)
        {
            if (IsIdentifier(name))
                line.Append("export ").Append(name).Append('=').Append(ShellWords.Quote(value)).Append("; ");
            else if (name.Length > 0 && !name.Contains('='))
                foreign.Append(ShellWords.Quote($"{name}={value}")).Append(' ');
            else
                throw new ArgumentException($"\"{name}\" can't be the name of a variable.", nameof(variables));
        }

        // Not every sh takes "exec --".
        if (foreign.Length > 0 || command is [['-', ..], ..])
            line.Append("exec env -- ").Append(foreign);
        else
            line.Append("exec ");

        return line.Append(command.Count > 0 ? ShellWords.Join(command) : "\"${SHELL:-/bin/sh}\" -l").ToString();
    }

    private static bool IsIdentifier(string name) =>
        name.Length > 0 && !char.IsAsciiDigit(name[0]) && name.All(c => c == '_' || char.IsAsciiLetterOrDigit(c));
}
