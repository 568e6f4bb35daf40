namespace EdgeOperator.Cli.Output;

/// <summary>How a cell is to be felt; colour where there is colour.</summary>
internal enum Tone
{
    Plain,
    Good,
    Busy,
    Bad,
    Faint,
    Strong,
}

/// <summary>One cell. Control characters, which may come from a registry or a repository, never reach the terminal.</summary>
internal readonly record struct Cell(string Text, Tone Tone = Tone.Plain)
{
    public string Text { get; } = string.Concat(Text.Select(c => char.IsControl(c) ? ' ' : c));

    /// <summary>Done, out of 1, drawn as a bar where there is somebody to see it.</summary>
    public double? Progress { get; init; }

    public static implicit operator Cell(string? text) => new(text ?? "");
}

/// <summary>A table to be printed: columns by name (or, without names, keys and values), then rows.</summary>
internal sealed class Grid(params string[] columns)
{
    private readonly List<Cell[]> _rows = [];

    public IReadOnlyList<string> Columns => columns;

    public IReadOnlyList<Cell[]> Rows => _rows;

    public void Add(params Cell[] cells) => _rows.Add(cells);
}
