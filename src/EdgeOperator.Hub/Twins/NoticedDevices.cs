using System.Collections.Concurrent;

namespace EdgeOperator.Hub.Twins;

/// <summary>The devices that something has happened to since they were looked at; from so many on, all of them.</summary>
internal sealed class NoticedDevices
{
    /// <summary>More devices than this are no cheaper to name than to look at all.</summary>
    private const int MostNamed = 10_000;

    private readonly ConcurrentDictionary<string, byte> _named = new(StringComparer.Ordinal);
    private volatile bool _areAll = true;

    /// <summary>Whether every device is to be looked at, as at first.</summary>
    public bool AreAll => _areAll;

    public void Add(string device)
    {
        if (_named.Count >= MostNamed)
            _areAll = true;
        else
            _named[device] = 0;
    }

    public void AddAll() => _areAll = true;

    public string[] Take()
    {
        var taken = _named.Keys.ToArray();
        foreach (var device in taken)
            _named.TryRemove(device, out _);
        return taken;
    }

    /// <summary>Before all are looked at: what changes from here on comes again.</summary>
    public void Clear()
    {
        _areAll = false;
        _named.Clear();
    }
}
