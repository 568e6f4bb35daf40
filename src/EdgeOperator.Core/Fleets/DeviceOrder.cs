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
        var keys = places.Select(place => (Of(salt, devices[place].Name), devices[place].Name)).ToArray();
        var sorted = places.ToArray();
        Array.Sort(keys, sorted, Comparer<(ulong Hash, string Name)>.Create((one, other) => one.Hash != other.Hash ? one.Hash.CompareTo(other.Hash) : string.CompareOrdinal(one.Name, other.Name)));
        places.Clear();
        places.AddRange(sorted);
    }
}
