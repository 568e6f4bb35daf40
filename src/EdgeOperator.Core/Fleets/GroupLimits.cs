using System.Collections.Immutable;

namespace EdgeOperator.Core.Fleets;

/// <summary>The disruption budget and the limit of downloads, by groups of devices.</summary>
internal sealed class GroupLimits
{
    private readonly RolloutTick _tick;
    private readonly DisruptionBudget? _budget;
    private readonly DownloadLimit? _downloads;
    private readonly Dictionary<string, Group> _groups = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<int>> _sites = new(StringComparer.Ordinal);

    // Within a tick a group that is full stays so, and what is said of it is the same for all of its devices.
    private readonly Dictionary<(WaitReason Reason, string Group, bool IsAvailable), RolloutWait> _full = [];

    public GroupLimits(RolloutTick tick)
    {
        (_tick, _budget, _downloads) = (tick, tick.Policy.DisruptionBudget, tick.Policy.MaxConcurrentDownloads);
        if (_budget is null && _downloads is null)
            return;
        for (var place = 0; place < tick.Devices.Count; place++)
            Count(place);
    }

    /// <summary>What keeps a device from being given another revision now; null for nothing.</summary>
    public RolloutWait? Obstacle(int place)
    {
        // Who is away already is not taken away once more.
        if (_budget is { } budget && !_tick.RecordOf(place).IsBusy)
        {
            var (group, isAvailable) = (GroupOf(budget.GroupBy, place), _tick.Devices[place].IsAvailable);
            if (Full(WaitReason.Budget, group, isAvailable, () => Budget(budget, group, isAvailable)) is { } full)
                return full;
        }

        if (_downloads is { } downloads && GroupOf(downloads.GroupBy, place) is var site && _sites.GetValueOrDefault(site) is { } fetching && fetching.Count >= downloads.Limit && !fetching.Contains(place))
            return Full(WaitReason.Downloads, site, false, () => $"{Where(site)}{Words.Count(fetching.Count, "device")} of at most {downloads.Limit} fetching ({Names(fetching)})");
        return null;
    }

    private RolloutWait? Full(WaitReason reason, string group, bool isAvailable, Func<string?> problem)
    {
        if (_full.TryGetValue((reason, group, isAvailable), out var known))
            return known;
        return problem() is { } message ? _full[(reason, group, isAvailable)] = new(reason, message) : null;
    }

    /// <summary>Counts a device that has just been given a revision.</summary>
    public void Take(int place)
    {
        if (_budget is { } budget && _groups[GroupOf(budget.GroupBy, place)] is var group && !group.Busy.Contains(place))
        {
            group.Busy.Add(place);
            if (!group.Broken.Remove(place))
                group.Available--;
        }

        if (_downloads is { } downloads)
            Fetches(GroupOf(downloads.GroupBy, place), place);
    }

    private void Count(int place)
    {
        var (device, record) = (_tick.Devices[place], _tick.RecordOf(place));
        if (_budget is { } budget)
        {
            var key = GroupOf(budget.GroupBy, place);
            if (!_groups.TryGetValue(key, out var group))
                _groups[key] = group = new();
            group.All++;
            if (record.IsBusy)
                group.Busy.Add(place);
            else if (!device.IsConnected)
                group.Offline++;
            else if (device.IsAvailable)
                group.Available++;
            else if (!record.IsExcused)
                group.Broken.Add(place);
        }

        if (_downloads is { } downloads && record is { State: DeviceState.Updating or DeviceState.RollingBack or DeviceState.Finishing, Goal: { } goal } && device.Applied != goal)
            Fetches(GroupOf(downloads.GroupBy, place), place);
    }

    private void Fetches(string site, int place)
    {
        if (!_sites.TryGetValue(site, out var fetching))
            _sites[site] = fetching = [];
        if (!fetching.Contains(place))
            fetching.Add(place);
    }

    private string? Budget(DisruptionBudget budget, string key, bool isAvailable)
    {
        var group = _groups[key];
        if (budget.MaxUnavailable is { } most && most.AtMostOf(group.All) is var max && group.Busy.Count + (isAvailable ? group.Broken.Count : 0) >= max)
            return $"{Where(key)}0 of {max} free: {Away(group, isAvailable)}";
        if (isAvailable && budget.MinAvailable is { } least && least.AtLeastOf(group.All) is var min && group.Available - 1 < min)
            return $"{Where(key)}{group.Available} of {Words.Count(group.All, "device")} available, and {min} must stay so{(Away(group, isAvailable) is { Length: > 0 } away ? $": {away}" : "")}{(group.Offline > 0 ? $", {group.Offline} offline" : "")}";
        return null;
    }

    private string Away(Group group, bool isAvailable)
    {
        var parts = new List<string>(2);
        if (group.Busy.Count > 0)
            parts.Add($"{group.Busy.Count} updating ({Names(group.Busy)})");
        if (isAvailable && group.Broken.Count > 0)
            parts.Add($"{group.Broken.Count} not Ready ({Names(group.Broken)})");
        return string.Join(", ", parts);
    }

    private string Names(List<int> places) => Words.Names(places.Select(place => _tick.Devices[place].Name));

    private static string Where(string key) => key.Length == 0 ? "" : $"{key}: ";

    private string GroupOf(ImmutableArray<string> labels, int place)
    {
        if (labels.IsEmpty)
            return "";
        var own = _tick.Devices[place].Labels;
        return labels.Length == 1 ? Text(labels[0]) : string.Join(", ", labels.Select(Text));

        string Text(string label) => own.TryGetValue(label, out var value) ? $"{label}={value}" : $"no {label}";
    }

    private sealed class Group
    {
        public int All { get; set; }

        public int Offline { get; set; }

        public int Available { get; set; }

        public List<int> Busy { get; } = [];

        /// <summary>Connected, not being updated, and not doing their work.</summary>
        public List<int> Broken { get; } = [];
    }
}
