using System.Text.Json.Nodes;
using EdgeOperator.Core.Text;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace EdgeOperator.Cli.Output;

internal enum Format
{
    Table,
    Wide,
    Json,
    Yaml,

    /// <summary>Of some verbs alone.</summary>
    Markdown,
}

/// <summary>Prints grids for whoever reads: rich on a terminal, plain otherwise; or the document behind them.</summary>
internal sealed class Printer
{
    private readonly Terminal _terminal;

    public Printer(Terminal terminal, Format format, bool noColour)
    {
        _terminal = terminal;
        Format = format;
        HasColour = terminal.IsInteractive && terminal.AllowsColour && !noColour;
        ErrorHasColour = terminal.ErrorIsInteractive && terminal.AllowsColour && !noColour;
        Times = new(terminal.IsInteractive, terminal.Time);
    }

    public Format Format { get; }

    public bool IsWide => Format == Format.Wide;

    /// <summary>JSON or YAML is wanted rather than something to look at.</summary>
    public bool IsDocument => Format is Format.Json or Format.Yaml;

    public bool IsDrawn => _terminal.CanDraw && !IsDocument;

    public bool HasColour { get; }

    public bool ErrorHasColour { get; }

    public Times Times { get; }

    public TextWriter Out => _terminal.Out;

    /// <summary>Columns of the terminal that somebody looks at; null where there is none.</summary>
    private int? Width => _terminal.IsInteractive ? _terminal.Width() : null;

    /// <summary>Prints <paramref name="grids"/> with an empty line between; those without rows are left out.</summary>
    public void Print(params IEnumerable<Grid> grids)
    {
        var text = new List<string>();
        foreach (var grid in grids.Where(g => g.Rows.Count > 0))
            text.Add(_terminal.IsInteractive ? Rich(grid) : PlainGrid.Render(grid));

        // Cells are escaped; the colours among them are ours.
        _terminal.Styled.Write(string.Join('\n', text));
    }

    /// <summary>Prints a line of text; on a terminal broken at its width, with all but the first line indented.</summary>
    public void PrintLine(string text, Tone tone = Tone.Plain)
    {
        const string Indent = "    ";
        var line = Width is { } width && width > 2 * Indent.Length
            ? string.Join("\n" + Indent, TextWrap.Lines(TerminalText.EscapeLine(text), width, width - Indent.Length))
            : text;
        if (!HasColour || Paint(tone) is not { } paint)
        {
            Out.WriteLine(line);
            return;
        }

        _terminal.Styled.Write(paint);
        Out.Write(line);
        _terminal.Styled.WriteLine("\e[0m");
    }

    /// <summary>Prints what came of an action: a sentence, or where a document is wanted, that.</summary>
    public void Answer(JsonNode document, string sentence)
    {
        if (IsDocument)
            Print(document);
        else
            Out.WriteLine(sentence);
    }

    /// <summary>Prints a document in the chosen format.</summary>
    public void Print(JsonNode? document) =>
        Out.Write(Format == Format.Yaml ? YamlText.Render(document) : JsonText.Render(document, indented: true));

    /// <summary>Prints one document of a stream: a line of JSON, or a YAML document.</summary>
    public void PrintNext(JsonNode? document) =>
        Out.Write(Format == Format.Yaml ? "---\n" + YamlText.Render(document) : JsonText.Render(document, indented: false));

    /// <summary>A console that may move the cursor, for what is drawn again and again.</summary>
    public IAnsiConsole Live() => Console(_terminal.Styled, AnsiSupport.Yes);

    /// <summary>A grid as it is drawn on this terminal.</summary>
    public IRenderable Draw(Grid grid) => RichGrid.Render(grid, _terminal.Width(), IsWide);

    private IAnsiConsole Console(TextWriter output, AnsiSupport ansi) => AnsiConsole.Create(new()
    {
        Out = new Sized(output, _terminal),
        Ansi = ansi,
        ColorSystem = HasColour ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
        Interactive = InteractionSupport.No,
    });

    private string Rich(Grid grid)
    {
        var text = new StringWriter { NewLine = "\n" };
        Console(text, HasColour ? AnsiSupport.Yes : AnsiSupport.No).Write(Draw(grid));
        return string.Join('\n', text.ToString().Split('\n').Select(line => line.TrimEnd(' ')));
    }

    private static string? Paint(Tone tone) => tone switch
    {
        Tone.Good => "\e[32m",
        Tone.Busy => "\e[33m",
        Tone.Bad => "\e[31m",
        _ => null,
    };

    private sealed class Sized(TextWriter writer, Terminal terminal) : IAnsiConsoleOutput
    {
        public TextWriter Writer => writer;

        public bool IsTerminal => true;

        public int Width => terminal.Width();

        public int Height => terminal.Height();

        public void SetEncoding(System.Text.Encoding encoding)
        {
        }
    }
}
