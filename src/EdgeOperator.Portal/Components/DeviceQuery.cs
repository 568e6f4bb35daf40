using EdgeOperator.Portal.Actions;
using EdgeOperator.Portal.Hub;

namespace EdgeOperator.Portal.Components;

/// <summary>What is asked for on the page of devices, as a condition of the hub's query language.</summary>
/// <param name="Name">What names begin with.</param>
/// <param name="Labels"><c>site=berlin role!=till</c>.</param>
/// <param name="State">One of <see cref="States"/>.</param>
/// <param name="Where">A condition that has to hold too, as it is.</param>
public sealed record DeviceQuery(string? Name, string? Labels, string? State, string? Where)
{
    private const string Conditions = "properties.reported.edgeoperator.conditions";

    /// <summary>The greatest character: whatever begins with a text comes before the text followed by it.</summary>
    private const char Last = '\uffff';

    public static IReadOnlyList<(string Name, string Text, string Condition)> States { get; } =
    [
        ("connected", "Connected", "connectionState = 'Connected'"),
        ("offline", "Offline, with an agent", "connectionState = 'Disconnected' AND is_defined(properties.reported.edgeoperator)"),
        ("ready", "Ready", $"{Conditions}.Ready.status = 'True'"),
        ("not-ready", "Not ready", $"{Conditions}.Ready.status = 'False'"),
        ("stalled", "Stalled", $"{Conditions}.Stalled.status = 'True'"),
        ("suspended", "Suspended", "properties.reported.edgeoperator.suspended = true"),
        ("disabled", "Disabled", "status = 'disabled'"),
    ];

    /// <returns>Null for every device.</returns>
    /// <exception cref="ActionInputException">Labels or state can't be meant.</exception>
    public string? Condition()
    {
        var terms = new List<string>();
        if (Trimmed(Name) is { } name)
            terms.Add($"deviceId >= {Quote(name)} AND deviceId < {Quote(name + Last)}");
        terms.AddRange((Labels ?? "").Split((char[])[' ', ','], StringSplitOptions.RemoveEmptyEntries).Select(Label));
        if (Trimmed(State) is { } state)
            terms.Add(States.FirstOrDefault(s => s.Name == state).Condition ?? throw new ActionInputException($"'{state}' is no state"));
        if (Trimmed(Where) is { } where)
            terms.Add(terms.Count == 0 ? where : $"({where})");
        return terms.Count == 0 ? null : string.Join(" AND ", terms);
    }

    public string Command() => ShellWords.Line(Condition() is { } condition ? ["edgeop", "hub", "devices", "list", "--where", condition] : ["edgeop", "hub", "devices", "list"]);

    public string Page(string? continuation) =>
        HubCall.Query("devices", ("name", Trimmed(Name)), ("labels", Trimmed(Labels)), ("state", Trimmed(State)), ("where", Trimmed(Where)), ("after", continuation));

    /// <summary>The devices with these names.</summary>
    public static string Named(IEnumerable<string> names) => $"deviceId IN [{string.Join(", ", names.Select(Quote))}]";

    private static string Label(string word)
    {
        var isNegated = word.Contains("!=", StringComparison.Ordinal);
        var parts = word.Split(isNegated ? "!=" : "=", 2);
        if (parts[0].Length == 0 || !parts[0].All(c => char.IsLetterOrDigit(c) || c is '_' or '-'))
            throw new ActionInputException($"'{word}' is no label: write key=value, key!=value, or key");
        var path = $"tags.labels.{parts[0]}";
        return parts is [_, var value] ? isNegated ? $"(NOT is_defined({path}) OR {path} != {Quote(value)})" : $"{path} = {Quote(value)}" : $"is_defined({path})";
    }

    private static string Quote(string text) => $"'{text.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("'", @"\'", StringComparison.Ordinal)}'";

    private static string? Trimmed(string? text) => text?.Trim() is { Length: > 0 } trimmed ? trimmed : null;
}
