using System.Text;

namespace EdgeOperator.Cli.Output;

/// <summary>Where a verb writes, and what it may know of its surroundings.</summary>
internal sealed record Terminal
{
    /// <summary>Standard output, as bytes.</summary>
    public required Stream Stdout { get; init; }

    /// <summary>Standard output, as text that is written at once.</summary>
    public TextWriter Out => field ??= new StreamWriter(Stdout, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { AutoFlush = true, NewLine = "\n" };

    public required TextWriter Error { get; init; }

    /// <summary>A person looks at standard output: colour, relative times, progress.</summary>
    public bool IsInteractive { get; init; }

    public bool ErrorIsInteractive { get; init; }

    /// <summary>Columns, when interactive.</summary>
    public int Width { get; init; } = 120;

    /// <summary>Lines, when interactive.</summary>
    public int Height { get; init; } = 50;

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Reads an environment variable.</summary>
    public Func<string, string?> Variable { get; init; } = Environment.GetEnvironmentVariable;

    public static Terminal Standard() => new()
    {
        Stdout = Console.OpenStandardOutput(),
        Error = Console.Error,
        IsInteractive = !Console.IsOutputRedirected,
        ErrorIsInteractive = !Console.IsErrorRedirected,
        Width = Console.IsOutputRedirected ? 120 : Math.Max(40, Console.WindowWidth),
        Height = Console.IsOutputRedirected ? 50 : Math.Max(10, Console.WindowHeight),
    };

    /// <summary>A person watches and the terminal can move its cursor: what goes on may be drawn again and again.</summary>
    public bool CanDraw => IsInteractive && Variable("TERM") != "dumb";

    /// <summary>Colour may be used: nobody said <c>NO_COLOR</c> (<see href="https://no-color.org"/>) and the terminal has it.</summary>
    public bool AllowsColour => string.IsNullOrEmpty(Variable("NO_COLOR")) && Variable("TERM") != "dumb";
}
