using EdgeOperator.Hub.Fleets;
using EdgeOperator.Hub.Security;
using EdgeOperator.Hub.Service;
using EdgeOperator.Hub.Storage;

namespace EdgeOperator.Hub.Rest;

/// <summary>Decides what callers whose role is limited to fleets reach. A route that says nothing of it is out of their reach.</summary>
internal sealed class FleetScopes(FleetCatalog fleets, IHubStore store)
{
    private const int Target = 3;

    /// <summary>What such a role is worth where a route is about no device or fleet in particular.</summary>
    private const Rights Elsewhere = ~(Rights.Administrate | Rights.Provisioning);

    /// <returns>The caller with the rights that there are at this route, and what of the hub there is for them; null for all.</returns>
    /// <exception cref="ServiceException">It is out of reach. Of a device or fleet that is, it is said that there is no such one.</exception>
    public async Task<(Caller Caller, FleetScope? Scope)> EnterAsync(Caller caller, ServiceRoute route, string[] path, CancellationToken cancellation)
    {
        if (caller.Fleets is not { } names)
            return (caller, null);
        if (route.Reach == RouteReach.Hub)
            throw new ServiceException(ServiceError.RoleNeeded, $"this is for roles over all devices, and yours is limited to {Words(names)}");
        var scope = await ScopeAsync(names, cancellation);
        return route.Reach switch
        {
            RouteReach.Device when !await scope.HasDeviceAsync(path[Target], cancellation) => throw new ServiceException(ServiceError.DeviceNotFound, $"there is no device {path[Target]} in {Words(names)}"),
            RouteReach.Fleet when !scope.HasFleet(path[Target]) => throw new ServiceException(ServiceError.ResourceNotFound, $"there is no fleet {path[Target]} for you: your role is limited to {Words(names)}"),
            RouteReach.Device or RouteReach.Fleet => (caller, scope),
            _ => (caller with { Rights = caller.Rights & Elsewhere }, scope),
        };
    }

    private async Task<FleetScope> ScopeAsync(IReadOnlyList<string> names, CancellationToken cancellation)
    {
        var found = new List<StoredFleet>();
        foreach (var name in names)
            if (await fleets.FindAsync(name, cancellation) is { } fleet)
                found.Add(fleet);
        return new(names, [.. found.Select(SelectorOf).OfType<Core.Manifests.DeviceSelector>()], string.Join(' ', found.Select(fleet => $"{fleet.Name}@{fleet.ETag}")), store);
    }

    // A fleet of a later version selects nothing here, which shows too little rather than too much.
    private static Core.Manifests.DeviceSelector? SelectorOf(StoredFleet fleet)
    {
        try
        {
            return fleet.Fleet.Selector;
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    private static string Words(IReadOnlyList<string> names) => names.Count == 1 ? $"the fleet {names[0]}" : $"the fleets {string.Join(", ", names)}";
}
