using System.Collections.Immutable;
using EdgeOperator.Core.Protocol;

namespace EdgeOperator.Agent.Storage;

/// <summary>The revisions that a device can be rolled back to, and how operators name them.</summary>
internal static class KeptRevisions
{
    /// <summary>The revision that a text names: its id or the beginning of one, or how <c>history</c> shows it, or the beginning of that.</summary>
    /// <exception cref="ControlException">None is named, or several are.</exception>
    public static string Find(RevisionStore store, string text)
    {
        var kept = store.List();
        var matching = kept.Where(r => r.Id == text || r.Display == text).ToList();
        if (matching.Count == 0)
            matching = [.. kept.Where(r => Begins(r, text))];
        return matching switch
        {
            [var only] => only.Id,
            [] => throw new ControlException(ControlException.NotFound, $"no kept revision is called {text} or begins so; `edgeop history` shows which are kept"),
            _ => throw new ControlException("Ambiguous", $"{matching.Count} kept revisions begin with {text} ({string.Join(", ", matching.Select(r => r.Id[..Math.Min(r.Id.Length, 12)]))}); give more of the id"),
        };
    }

    public static ImmutableArray<HistoryRecord> Mark(ImmutableArray<HistoryRecord> history, RevisionStore store)
    {
        var kept = store.List().Select(r => r.Id).ToHashSet();
        return [.. history.Select(run => run with { Kept = !run.IsReboot && run.Outcome != RevisionOutcome.Invalid && kept.Contains(run.Revision) })];
    }

    // Of several sources, each has its part in what is shown; a commit may be given without its branch.
    private static bool Begins(RevisionStatus revision, string text) =>
        revision.Id.StartsWith(text, StringComparison.Ordinal)
        || revision.Display.StartsWith(text, StringComparison.Ordinal)
        || revision.Display.Split(", ").Any(part => part.StartsWith(text, StringComparison.Ordinal) || part[(part.IndexOf('@') + 1)..].StartsWith(text, StringComparison.Ordinal));
}
