using EdgeOperator.Core.Fleets;

namespace EdgeOperator.Hub.Fleets;

/// <summary>What has happened to a rollout between two looks, a line each.</summary>
internal static class RolloutWords
{
    private const int MostNames = 3;

    /// <param name="before">Null when it has just begun.</param>
    public static IEnumerable<string> Between(StoredRollout? before, StoredRollout now)
    {
        if (before is null)
            yield return $"has begun, to {FleetRevision.CommitOf(now.Revision)}";
        for (var i = 0; i < now.Batches.Length; i++)
        {
            var (was, batch) = (before?.Batches[i].State ?? BatchState.Waiting, now.Batches[i]);
            if (was == batch.State)
                continue;
            yield return batch.State switch
            {
                BatchState.Active => $"batch {batch.Name} has begun with {now.Counts[i].All} devices",
                BatchState.Soaking => $"batch {batch.Name} has passed: {now.Counts[i].Updated} of {now.Counts[i].Judged} devices",
                BatchState.Completed => $"batch {batch.Name} is over: {now.Counts[i].Updated} of {now.Counts[i].All} devices have the revision",
                _ => $"batch {batch.Name} is {batch.State}",
            };
        }

        if ((before?.State ?? RolloutState.Progressing) != now.State)
            yield return $"{WordsOf(now.State)}{(now.Cause is { } cause ? $": {cause}" : "")}";
    }

    private static string WordsOf(RolloutState state) => state switch
    {
        RolloutState.RollingBack => "Rolling back",
        RolloutState.RolledBack => "Rolled back",
        _ => state.ToString(),
    };

    public static string Elsewhere(IReadOnlyCollection<string> devices)
    {
        var names = string.Join(", ", devices.Order(StringComparer.Ordinal).Take(MostNames));
        return $"{names}{(devices.Count > MostNames ? $" and {devices.Count - MostNames} more" : "")} {(devices.Count == 1 ? "is" : "are")} selected too, and in another fleet";
    }
}
