using System.Runtime.Versioning;
using System.Text;
using EdgeOperator.Core.Protocol;
using Microsoft.Win32.SafeHandles;

namespace EdgeOperator.Cli.Output;

/// <summary>
/// Where a verb writes, and what it may know of its surroundings. <see cref="Out"/>, <see cref="Bytes"/> and <see cref="Error"/> are
/// the only ways to a terminal, and they escape what it could act on (<see cref="Core.Text.TerminalText"/>); colour and cursor
/// movement of edgeop itself go through <see cref="Styled"/> and <see cref="StyledError"/>.
/// </summary>
internal sealed record Terminal
{
    /// <summary>Standard output as the process has it.</summary>
    public required Stream Stdout { private get; init; }

    /// <summary>Standard input, for what is named <c>-</c>.</summary>
    public Stream Stdin { get; init; } = Stream.Null;

    /// <summary>Standard input as it comes, also from a terminal that is set to pass on every key.</summary>
    public Stream Keys => OpenKeys?.Invoke() ?? Stdin;

    /// <summary>How <see cref="Keys"/> are read; null for as <see cref="Stdin"/> is.</summary>
    public Func<Stream>? OpenKeys { private get; init; }

    /// <summary>Standard input is a terminal.</summary>
    public bool HasKeyboard { get; init; }

    /// <summary>Standard error as the process has it.</summary>
    public required TextWriter Stderr { private get; init; }

    /// <summary>Standard error as the process has it, for bytes; null where it takes text alone.</summary>
    public Stream? StderrBytes { private get; init; }

    /// <summary>Standard output, as text that is written at once.</summary>
    public TextWriter Out => field ??= IsInteractive && !IsRaw ? new EscapingWriter(Styled) : Styled;

    /// <summary>Standard output, for what comes as bytes in UTF-8.</summary>
    public Stream Bytes => field ??= IsInteractive && !IsRaw ? new EscapingStream(Out) : Stdout;

    /// <summary>Standard output for a command that was given the terminal and so may do with it what it likes.</summary>
    public Stream Unescaped => Stdout;

    /// <summary>Standard error, for what comes as bytes in UTF-8.</summary>
    public Stream ErrorBytes => field ??= StderrBytes is null || (ErrorIsInteractive && !IsRaw) ? new EscapingStream(Error) : StderrBytes;

    /// <summary>Standard error.</summary>
    public TextWriter Error => field ??= ErrorIsInteractive && !IsRaw ? new EscapingWriter(Stderr) : Stderr;

    /// <summary>Standard output for control sequences of edgeop's own. Nothing from elsewhere may be written here unescaped.</summary>
    public TextWriter Styled => field ??= new StreamWriter(Stdout, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { AutoFlush = true, NewLine = "\n" };

    /// <summary>The same for standard error.</summary>
    public TextWriter StyledError => Stderr;

    /// <summary>A person looks at standard output: colour, relative times, progress.</summary>
    public bool IsInteractive { get; init; }

    public bool ErrorIsInteractive { get; init; }

    /// <summary>The user wants logs and messages unescaped on a terminal too (<c>--raw</c>).</summary>
    public bool IsRaw { get; init; }

    /// <summary>Columns, when interactive.</summary>
    public Func<int> Width { get; init; } = () => 120;

    /// <summary>Lines, when interactive.</summary>
    public Func<int> Height { get; init; } = () => 50;

    public TerminalSize Size => new((ushort)Math.Clamp(Width(), 1, ushort.MaxValue), (ushort)Math.Clamp(Height(), 1, ushort.MaxValue));

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Reads an environment variable.</summary>
    public Func<string, string?> Variable { get; init; } = Environment.GetEnvironmentVariable;

    public static Terminal Standard()
    {
        if (OperatingSystem.IsWindows())
            SpeakUtf8();
        return OfProcess();
    }

    private static Terminal OfProcess() => new()
    {
        Stdin = Console.OpenStandardInput(),
        Stdout = Console.OpenStandardOutput(),
        Stderr = Console.Error,
        StderrBytes = Console.OpenStandardError(),
        OpenKeys = () => new FileStream(new SafeFileHandle(0, ownsHandle: false), FileAccess.Read, bufferSize: 0),
        HasKeyboard = !Console.IsInputRedirected,
        IsInteractive = !Console.IsOutputRedirected,
        ErrorIsInteractive = !Console.IsErrorRedirected,
        // A terminal that does not know its size says 0.
        Width = () => Console.WindowWidth is > 0 and var width ? width : 80,
        Height = () => Console.WindowHeight is > 0 and var height ? height : 24,
    };

    /// <summary>Windows takes what is written for the code page of the console's country, unless it is told.</summary>
    [SupportedOSPlatform("windows")]
    private static void SpeakUtf8()
    {
        try
        {
            Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        }
        catch (IOException)
        {
            // A service has no console.
        }
    }

    /// <summary>A person watches and the terminal can move its cursor: what goes on may be drawn again and again.</summary>
    public bool CanDraw => IsInteractive && Variable("TERM") != "dumb";

    /// <summary>Colour may be used: nobody said <c>NO_COLOR</c> (<see href="https://no-color.org"/>) and the terminal has it.</summary>
    public bool AllowsColour => string.IsNullOrEmpty(Variable("NO_COLOR")) && Variable("TERM") != "dumb";
}
