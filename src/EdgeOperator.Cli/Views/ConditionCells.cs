using System.Collections.Immutable;
using EdgeOperator.Cli.Output;
using EdgeOperator.Core.State;

namespace EdgeOperator.Cli.Views;

/// <summary>Conditions as cells.</summary>
internal static class ConditionCells
{
    public static Condition? Ready(ImmutableArray<Condition> conditions) => conditions.FirstOrDefault(c => c.Type == Condition.Ready);

    /// <summary>The status, green where it is what one wants to see.</summary>
    public static Cell Status(Condition? condition) => condition is null
        ? new("Unknown", Tone.Faint)
        : new(condition.Status.ToString(), ToneOf(condition));

    private static Tone ToneOf(Condition condition) => (condition.Type, condition.Status) switch
    {
        (_, ConditionStatus.Unknown) => Tone.Faint,
        (Condition.Ready, ConditionStatus.True) => Tone.Good,
        (Condition.Ready, _) => Tone.Bad,
        (Condition.Reconciling, ConditionStatus.True) => Tone.Busy,
        (_, ConditionStatus.True) => Tone.Bad,
        _ => Tone.Plain,
    };

    /// <summary>Ready, and of the others those that hold; wide shows all.</summary>
    public static Grid Table(ImmutableArray<Condition> conditions, Printer printer)
    {
        var grid = new Grid("CONDITION", new("STATUS", 1), new("REASON", 2), new("SINCE", 3), Column.Message);
        foreach (var condition in conditions.Where(c => printer.IsWide || c.Type == Condition.Ready || c.Status != ConditionStatus.False))
            grid.Add(condition.Type, Status(condition), condition.Reason, new(printer.Times.Moment(condition.LastTransitionTime), Tone.Faint), condition.Message);

        return grid;
    }
}
