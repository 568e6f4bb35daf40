namespace EdgeOperator.Core.Fleets;

/// <summary>
/// The order in which devices are taken: always the same, and unlike that of names, which often go by place, so that the first few are a
/// sample of all.
/// </summary>
internal static class DeviceOrder
{
    /// <summary>FNV-1a of 64 bits with a final mix; not for anything that has to be secure.</summary>
    public static ulong Of(string salt, string name)
    {
        var hash = 14695981039346656037UL;
        foreach (var character in salt)
            hash = (hash ^ character) * 1099511628211UL;
        hash = (hash ^ '/') * 1099511628211UL;
        foreach (var character in name)
            hash = (hash ^ character) * 1099511628211UL;
        hash ^= hash >> 33;
        hash *= 0xff51afd7ed558ccdUL;
        return hash ^ (hash >> 33);
    }

    public static void Sort(List<int> places, string salt, IReadOnlyList<FleetDevice> devices)
    {
        var sorted = places.ToArray();
        var keys = Array.ConvertAll(sorted, place => Of(salt, devices[place].Name));
        Array.Sort(keys, sorted);

        // Equal keys are as good as never, but what comes of them must not depend on the order of the devices.
        var from = 0;
        while (from < keys.Length)
        {
            var to = from + 1;
            while (to < keys.Length && keys[to] == keys[from])
                to++;
            if (to - from > 1)
                Array.Sort(sorted, from, to - from, Comparer<int>.Create((one, other) => string.CompareOrdinal(devices[one].Name, devices[other].Name)));
            from = to;
        }

        places.Clear();
        places.AddRange(sorted);
    }
}
