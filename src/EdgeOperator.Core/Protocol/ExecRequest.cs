namespace EdgeOperator.Core.Protocol;

/// <summary>A command to run in the container of a resource.</summary>
/// <param name="Command">The program and its arguments, at least the program; empty at a console, where nothing is to be started.</param>
public sealed record ExecRequest(IReadOnlyList<string> Command)
{
    /// <summary>Whom to run as in a virtual machine; null for the machine's own default.</summary>
    public string? User { get; init; }

    /// <summary>The caller's standard input is the command's.</summary>
    public bool HasInput { get; init; }

    /// <summary>The command has a terminal, whose output and errors are one stream.</summary>
    public bool HasTerminal { get; init; }

    /// <summary>Of the terminal at the start.</summary>
    public TerminalSize Size { get; init; } = new(80, 24);
}

/// <param name="Columns">1 to 65535.</param>
/// <param name="Rows">1 to 65535.</param>
public readonly record struct TerminalSize(ushort Columns, ushort Rows);

/// <summary>What a frame of a connection on which a command runs holds. The values are part of the protocol.</summary>
public enum ExecFrameKind : byte
{
    /// <summary>From the client, first and once: an <see cref="ExecRequest"/> as JSON.</summary>
    Start = 0,

    /// <summary>From the client: bytes of standard input; none mean its end.</summary>
    Input = 1,

    /// <summary>From the client: columns and rows of its terminal, two bytes each, the higher first.</summary>
    Resize = 2,

    /// <summary>From the agent: bytes of standard output.</summary>
    Output = 3,

    /// <summary>From the agent: bytes of standard error.</summary>
    Errors = 4,

    /// <summary>From the agent, last: the command's exit code in four bytes, the highest first.</summary>
    Exit = 5,

    /// <summary>From the agent, last: why the command could not be run, a <see cref="ProblemDocument"/> as JSON.</summary>
    Failure = 6,
}
