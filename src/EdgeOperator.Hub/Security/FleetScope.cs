using EdgeOperator.Core.Fleets;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Twins;
using EdgeOperator.Hub.Storage;

namespace EdgeOperator.Hub.Security;

/// <summary>What a caller whose role is limited to fleets may see: these, and the devices that they select.</summary>
/// <param name="names">Of the fleets, whether there are such ones or not.</param>
/// <param name="selectors">Of those that there are.</param>
/// <param name="version">Changes with the fleets' selectors.</param>
internal sealed class FleetScope(IReadOnlyList<string> names, IReadOnlyList<DeviceSelector> selectors, string version, IHubStore store)
{
    public IReadOnlyList<string> Names => names;

    /// <summary>In order, from the one behind a name on.</summary>
    public IEnumerable<string> NamesAfter(string after) => names.Order(StringComparer.Ordinal).Where(name => string.CompareOrdinal(name, after) > 0);

    /// <summary>The same for callers who see the same.</summary>
    public string Version => version;

    public bool HasFleet(string name) => names.Contains(name, StringComparer.Ordinal);

    public bool Has(Twin twin)
    {
        var labels = FleetObservation.LabelsOf(twin);
        return selectors.Any(selector => selector.Matches(labels));
    }

    public async Task<bool> HasDeviceAsync(string device, CancellationToken cancellation) =>
        device.Length > 0 && await store.FindTwinAsync(new(device), cancellation) is { } row && Has(row.Twin);

    /// <summary>Something that has happened to one of the devices or fleets.</summary>
    public async Task<bool> HasAsync(HubEvent happened, CancellationToken cancellation) => happened switch
    {
        { Key: { } key } => await HasDeviceAsync(key.DeviceId, cancellation),
        { Data: { } data } => (string?)data["fleet"] is { } fleet && HasFleet(fleet),
        _ => false,
    };
}
