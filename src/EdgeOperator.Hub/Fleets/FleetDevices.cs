using EdgeOperator.Core.Fleets;
using EdgeOperator.Hub.Storage;

namespace EdgeOperator.Hub.Fleets;

/// <summary>Which devices are in which fleet, and how they are: what the leader has seen of twins and connections. A device is in one fleet at most.</summary>
internal sealed class FleetDevices(IHubStore store)
{
    private const int PageSize = 500;

    private readonly Dictionary<string, (string Fleet, FleetDevice Device)> _devices = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string[]> _conflicts = new(StringComparer.Ordinal);

    public FleetDevice? Find(string device) => _devices.TryGetValue(device, out var seen) ? seen.Device : null;

    public IReadOnlyCollection<FleetDevice> Of(string fleet) => [.. _devices.Values.Where(seen => seen.Fleet == fleet).Select(seen => seen.Device)];

    /// <summary>Devices that another fleet selects too and that are not in this one.</summary>
    public IEnumerable<string> ElsewhereOf(string fleet) =>
        _conflicts.Where(conflict => conflict.Value.Contains(fleet) && _devices.TryGetValue(conflict.Key, out var seen) && seen.Fleet != fleet).Select(conflict => conflict.Key);

    /// <summary>Looks at all devices.</summary>
    /// <param name="keeps">Whether a fleet had the device until now.</param>
    public async Task SweepAsync(IReadOnlyList<StoredFleet> fleets, Func<string, string, bool> keeps, CancellationToken cancellation)
    {
        var gone = _devices.Keys.ToHashSet(StringComparer.Ordinal);
        await foreach (var row in store.AllTwinsAsync(modules: false, PageSize, cancellation))
        {
            See(row, fleets, keeps);
            gone.Remove(row.Identity.Key.DeviceId);
        }

        foreach (var device in gone)
            Forget(device);
    }

    /// <summary>Looks at one device.</summary>
    /// <inheritdoc cref="SweepAsync"/>
    public async Task LookAsync(string device, IReadOnlyList<StoredFleet> fleets, Func<string, string, bool> keeps, CancellationToken cancellation)
    {
        if (await store.FindTwinAsync(new(device), cancellation) is { } row)
            See(row, fleets, keeps);
        else
            Forget(device);
    }

    public void See(TwinRow row, IReadOnlyList<StoredFleet> fleets, Func<string, string, bool> keeps)
    {
        var device = row.Identity.Key.DeviceId;
        var labels = FleetObservation.LabelsOf(row.Twin);
        var matching = fleets.Where(fleet => fleet.Fleet.Selector.Matches(labels)).ToArray();
        Forget(device);
        if (matching.Length == 0)
            return;

        // Where several select it, it stays where it is.
        var fleet = matching.FirstOrDefault(one => matching.Length > 1 && keeps(one.Name, device)) ?? matching[0];
        _devices[device] = (fleet.Name, FleetObservation.Of(device, row.Twin, row.Presence.IsConnected, fleet.Fleet.Source.TwinName, labels));
        if (matching.Length > 1)
            _conflicts[device] = [.. matching.Select(one => one.Name)];
    }

    private void Forget(string device)
    {
        _devices.Remove(device);
        _conflicts.Remove(device);
    }
}
