namespace EdgeOperator.Core.Fleets;

/// <summary>Which devices a batch takes when it begins. From then on they are its members.</summary>
/// <param name="Candidates">Places, in the tick, of devices that it may take.</param>
/// <param name="Limit">How many of them it takes.</param>
/// <param name="Problem">Why it can't begin; null when it can.</param>
internal sealed record BatchMembers(List<int> Candidates, int Limit, string? Problem)
{
    /// <summary>All that it selects is in earlier batches.</summary>
    public bool IsNothing => Problem is null && Candidates.Count == 0;

    public static BatchMembers Of(RolloutTick tick, int batch) => batch == tick.Last ? Rest(tick) : Selected(tick, batch);

    /// <summary>The members, in the order in which devices are taken.</summary>
    public IEnumerable<int> Take(RolloutTick tick)
    {
        if (Limit < Candidates.Count)
            DeviceOrder.Sort(Candidates, tick.Rollout.Fleet, tick.Devices);
        return Candidates.Take(Limit);
    }

    // Offline devices are in the last batch, where nobody waits for them.
    private static BatchMembers Selected(RolloutTick tick, int batch)
    {
        var policy = tick.Batches[batch];
        var (matching, offline, places) = (0, 0, new List<int>());
        for (var place = 0; place < tick.Devices.Count; place++)
        {
            var device = tick.Devices[place];
            if (policy.Selector?.Matches(device.Labels) == false)
                continue;
            matching++;
            if (tick.RecordOf(place).Batch >= 0)
                continue;
            if (device.IsConnected)
                places.Add(place);
            else
                offline++;
        }

        if (matching == 0)
            return new([], 0, $"batch {policy.Name} has no devices: none of {Words.Count(tick.Devices.Count, "device")} of the fleet is selected");
        if (places.Count == 0 && offline > 0)
            return new([], 0, $"batch {policy.Name} has no devices that are connected: {Words.Count(offline, "device")} that it selects {(offline == 1 ? "is" : "are")} offline");
        return new(places, policy.Limit is not { } limit ? places.Count : limit.IsPercent ? limit.AtLeastOf(matching) : limit.Value, null);
    }

    private static BatchMembers Rest(RolloutTick tick)
    {
        if (tick.Devices.Count == 0)
            return new([], 0, "no device of the hub is in the fleet");
        var places = Enumerable.Range(0, tick.Devices.Count).Where(place => tick.RecordOf(place).Batch < 0).ToList();
        return new(places, places.Count, null);
    }
}
