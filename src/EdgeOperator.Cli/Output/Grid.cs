using EdgeOperator.Core.Text;

namespace EdgeOperator.Cli.Output;

/// <summary>A cell's severity, shown as a colour where colours are available.</summary>
internal enum Tone
{
    Plain,
    Good,
    Busy,
    Bad,
    Faint,
    Strong,
}

/// <summary>One cell, on one line. Control characters, which may come from a registry or a repository, never reach the terminal.</summary>
internal readonly record struct Cell(string Text, Tone Tone = Tone.Plain)
{
    public string Text { get; } = TerminalText.EscapeLine(Text);

    /// <summary>Done, out of 1, drawn as a bar where there is somebody to see it.</summary>
    public double? Progress { get; init; }

    public static implicit operator Cell(string? text) => new(text ?? "");
}

/// <summary>A column, and what becomes of it where a terminal is too narrow for all of them.</summary>
/// <param name="Name">Its header.</param>
/// <param name="Rank">Importance, 0 the highest. The least important column is the first to leave the row for the lines below it.</param>
/// <param name="Wraps">Its text may be broken into several lines before any column leaves the row.</param>
/// <param name="IsId">Long identifiers in it may be abbreviated, but in wide output.</param>
internal sealed record Column(string Name, int Rank = 0, bool Wraps = false, bool IsId = false)
{
    /// <summary>The column that says in a sentence what is the matter; below a row it needs no label.</summary>
    public static Column Message { get; } = new("MESSAGE", Rank: 9, Wraps: true);

    public static implicit operator Column(string name) => new(name);
}

/// <summary>A table to be printed: columns by name (or, without names, keys and values), then rows.</summary>
internal sealed class Grid(params Column[] columns)
{
    private readonly List<Cell[]> _rows = [];

    public IReadOnlyList<Column> Columns => columns;

    public IReadOnlyList<Cell[]> Rows => _rows;

    public void Add(params Cell[] cells) => _rows.Add(cells);
}
