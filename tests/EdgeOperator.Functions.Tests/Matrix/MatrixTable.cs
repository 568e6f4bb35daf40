using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Globalization;

namespace EdgeOperator.Functions.Tests.Matrix;

/// <summary>
/// What comes of a call in the cloud, by what happens to it and what triggers the function. A request's or a timer's function is run once, a
/// message's or a blob's until it has succeeded or failed as often as host.json says (twice here) and is poison. An output is written by
/// success alone. What fails, hangs or is lost is answered 500, whether the worker got the request by HTTP or as a message.
/// </summary>
internal static class MatrixTable
{
    public static readonly ImmutableArray<string> Kinds =
        ["HttpRequestData", "ASP.NET Core", "Node.js v4", "Node.js v4 with streams", "Node.js v3", "custom handler"];

    public static readonly ImmutableArray<string> Triggers = ["http", "queue", "blob", "timer"];

    /// <summary>What a function has besides its trigger.</summary>
    public static readonly ImmutableArray<string> Further = ["none", "blobin", "tablein", "queueout", "blobout", "tableout"];

    // "?": a call whose time is over may not have come to note its run.
    private const string Rows = """
                      | http               | queue          | blob           | timer
        nothing       | 200, 1 run, output | 1 run, output  | 1 run, output  | 1 run, output
        missing input | 200, 1 run, output | 1 run, output  | 1 run, output  | 1 run, output
        throws        | 500, 1 run         | 2 runs, poison | 2 runs, poison | 1 run
        times out     | 500, 1? run        | 2? runs, poison| 2? runs, poison| 1? run
        client leaves | 1 run, output      |                |                |
        worker killed | 500, 1 run         | 2 runs, output | 2 runs, output | 1 run
        deployed again| 200, 1 run, output | 1 run, output  | 1 run, output  | 1 run, output
        """;

    private static readonly FrozenDictionary<(string Happening, string Trigger), Outcome> Outcomes = Read();

    public static ImmutableArray<string> Happenings { get; } = [.. Outcomes.Keys.Select(k => k.Happening).Distinct()];

    /// <returns>Null for what can't happen to such a function.</returns>
    public static Outcome? Expected(string kind, string trigger, string further, string happening)
    {
        if (happening == "missing input" && !further.EndsWith("in", StringComparison.Ordinal) || Outcomes.GetValueOrDefault((happening, trigger)) is not { } outcome)
            return null;
        // A request that the worker got by HTTP has failed when nobody took its answer, whatever its function did.
        var isForwarded = kind is "ASP.NET Core" or "Node.js v4 with streams";
        return outcome with
        {
            Value = happening == "missing input" ? "null" : further.EndsWith("in", StringComparison.Ordinal) ? "done" : "nothing",
            HasOutput = outcome.HasOutput && further.EndsWith("out", StringComparison.Ordinal) && !(happening == "client leaves" && isForwarded),
        };
    }

    private static FrozenDictionary<(string, string), Outcome> Read()
    {
        var rows = Rows.Split('\n').Select(row => row.Split('|', StringSplitOptions.TrimEntries)).ToArray();
        return rows[1..].SelectMany(row => row.Skip(1).Select((cell, column) => (Key: (row[0], rows[0][column + 1]), Cell: cell)))
            .Where(c => c.Cell.Length > 0).ToFrozenDictionary(c => c.Key, c => Outcome.Parse(c.Cell));
    }
}

/// <param name="Status">Null where nobody is answered.</param>
/// <param name="MayRunLess">Fewer runs are as good.</param>
internal sealed record Outcome(int? Status, int Runs, bool MayRunLess, bool HasOutput, bool IsPoison)
{
    /// <summary>What each run got of the function's input.</summary>
    public string Value { get; init; } = "nothing";

    public static Outcome Parse(string cell)
    {
        var parts = cell.Split(", ");
        var runs = parts.Single(p => p.Contains("run", StringComparison.Ordinal)).Split(' ')[0];
        return new(
            int.TryParse(parts[0], CultureInfo.InvariantCulture, out var status) ? status : null,
            int.Parse(runs.TrimEnd('?'), CultureInfo.InvariantCulture), runs.EndsWith('?'), parts.Contains("output"), parts.Contains("poison"));
    }
}
