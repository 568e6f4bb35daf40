using System.Collections.Immutable;
using EdgeOperator.Core.Fleets;
using EdgeOperator.Core.Kinds;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Hub.Fleets;
using EdgeOperator.Hub.Repositories;
using EdgeOperator.Hub.Rest;
using EdgeOperator.Hub.Security;
using EdgeOperator.Hub.Service;
using EdgeOperator.Hub.Storage;

namespace EdgeOperator.Hub.Api;

/// <summary>Fleets, their rollouts, and what people order these to do.</summary>
internal sealed class FleetRoutes(IHubStore store, FleetCatalog catalog, FleetRevisions revisions, RepositoryController repositories, RolloutStore rollouts, RolloutOrder orders, FleetController controller)
{
    private const string Fleet = "fleets/{fleet}";
    private const string Rollout = "rollouts/{fleet}";
    private const int MostItems = 1000;
    private const int LongestReason = 500;

    public IEnumerable<ServiceRoute> Routes =>
    [
        ApiRoute.Get("fleets", "Fleets, in the order of their names", ListAsync, new QueryParameter("device", "Only those that select this device"), ListPage.LimitParameter, ListPage.ContinuationParameter) with { Reach = RouteReach.Many },
        ApiRoute.Get(Fleet, "One fleet", ReadAsync) with { Reach = RouteReach.Fleet },
        ApiRoute.Send<FleetBody, FleetView>("PUT", Fleet, "Make a fleet, or change it: a new revision begins to roll out", WriteAsync),
        ApiRoute.Do("DELETE", Fleet, "Forget a fleet and its rollouts; its devices keep what they have", RemoveAsync),
        ApiRoute.Get(
            "rollouts", "The rollouts of all fleets, in the order of their names", ListRolloutsAsync,
            new QueryParameter("needsAttention", "Only those that wait for somebody", QueryParameterType.Flag), ListPage.LimitParameter, ListPage.ContinuationParameter) with { Reach = RouteReach.Many },
        ApiRoute.Get(Rollout, "The rollout of a fleet", ReadRolloutAsync) with { Reach = RouteReach.Fleet },
        ApiRoute.Get(Rollout + "/history", "The rollouts of a fleet, the newest first", ReadHistoryAsync) with { Reach = RouteReach.Fleet },
        ApiRoute.Get(
            Rollout + "/devices", "The devices of a fleet's rollout, in the order of their names", ListDevicesAsync,
            new("state", $"Only those: {string.Join(", ", Enum.GetNames<DeviceState>())}; may be given more than once"), new("batch", "Only those of this batch"),
            new("limit", $"At most so many: 1 to {MostItems}, 100 when left out", QueryParameterType.Number), new("continuation", "What the page before had")) with { Reach = RouteReach.Fleet },
        Order("pause", "Let nothing more begin", "paused", (rollout, by, _) => RolloutOrders.Pause(rollout, by)),
        Order("resume", "Go on, without counting devices that have failed so far", "resumed", (rollout, _, _) => RolloutOrders.Resume(rollout)),
        Order("approve", "Let the batch begin that waits for approval", "approved", (rollout, _, _) => RolloutOrders.Approve(rollout)),
        Order("skip", "Go on without the rest of the present batch, and without judging it", "skipped a batch of", (rollout, _, now) => RolloutOrders.Skip(rollout, now)),
        Order("abort", "Let nothing more begin for good; devices keep what they have", "aborted", RolloutOrders.Abort),
        Order("rollback", "Give devices back what they had before", "rolled back", (rollout, by, _) => RolloutOrders.RollBack(rollout, by)),
    ];

    private ServiceRoute Order(string verb, string summary, string done, Func<Rollout, string, DateTimeOffset, OrderResult> order)
    {
        var route = ApiRoute.Offer<OrderBody, RolloutView>("POST", $"{Rollout}/{verb}", summary, async (request, body) =>
        {
            var actor = request.Need(Rights.RegistryWrite);
            if (body?.Reason?.Length > LongestReason)
                throw new ServiceException(ServiceError.ArgumentInvalid, $"the reason is longer than {LongestReason} characters");
            var by = $"by {DeviceRoutes.Name(actor)}{(body?.Reason is { Length: > 0 } reason ? $": {reason}" : "")}";
            return RolloutView.Of(await orders.GiveAsync(request.Path[3], done, actor, by, (rollout, now) => order(rollout, by, now), request.Aborted));
        });
        return route with { Reach = RouteReach.Fleet };
    }

    private async Task<FleetList> ListAsync(ServiceRequest request)
    {
        request.Need(Rights.View | Rights.RegistryRead);
        var labels = ApiRoute.Text(request, "device") is { } device ? await LabelsOfAsync(device, request) : null;
        var page = ListPage.Of(request);
        var fleets = labels is null ? FleetsAsync(request, page, page.Rows) : FleetsAsync(request, page, MostItems).Where(fleet => Selects(fleet, labels));
        var (found, continuation) = await page.TakeAsync(fleets, fleet => fleet.Name, request.Aborted);
        var items = new List<FleetView>();
        foreach (var fleet in found)
            items.Add(await ViewAsync(fleet, request.Aborted));
        return new(items, continuation);
    }

    /// <summary>Those that the caller may see.</summary>
    private IAsyncEnumerable<StoredFleet> FleetsAsync(ServiceRequest request, ListPage page, int rows) => request.Scope is { } scope
        ? scope.NamesAfter(page.After).ToAsyncEnumerable().Select(async (string name, CancellationToken cancellation) => await catalog.FindAsync(name, cancellation)).Where(fleet => fleet is not null).Select(fleet => fleet!)
        : catalog.AllAsync(request.Aborted, page.After, rows);

    private async Task<ImmutableSortedDictionary<string, string>> LabelsOfAsync(string device, ServiceRequest request) =>
        await store.FindTwinAsync(new(device), request.Aborted) is { } row && request.Scope?.Has(row.Twin) != false ? FleetObservation.LabelsOf(row.Twin) : throw new ServiceException(ServiceError.DeviceNotFound, $"there is no device {device}");

    private static bool Selects(StoredFleet fleet, ImmutableSortedDictionary<string, string> labels)
    {
        try
        {
            return fleet.Fleet.Selector.Matches(labels);
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }

    private async Task<FleetView> ReadAsync(ServiceRequest request)
    {
        request.Need(Rights.View | Rights.RegistryRead);
        return await ViewAsync(await FindAsync(request), request.Aborted);
    }

    private async Task<FleetView> WriteAsync(ServiceRequest request, FleetBody body)
    {
        var actor = request.Need(Rights.RegistryWrite);
        var name = request.Path[3];
        var (manifest, problems) = HubManifests.Read(RegisteredKinds.All.Manifests, KindNames.Fleet, name, body.Spec);
        if (manifest?.Fleet is not { } fleet)
            throw new ServiceException(ServiceError.ArgumentInvalid, string.Join("; ", problems.Select(problem => $"{problem.What}: {problem.Fix}")));
        var (written, _) = await catalog.WriteAsync(name, body.Spec, actor, request.Aborted);
        controller.Wake();
        if (fleet.Source.Repository is { } repository)
            repositories.Request(repository, actor, $"Fleet/{name} was written");
        return await ViewAsync(written, request.Aborted);
    }

    private async Task RemoveAsync(ServiceRequest request)
    {
        request.Need(Rights.RegistryWrite);
        var fleet = await FindAsync(request);
        await catalog.RemoveAsync(fleet.Name, null, request.Aborted);
        await revisions.RemoveAsync(fleet.Name, request.Aborted);
        await rollouts.RemoveAsync(fleet.Name, request.Aborted);
        controller.Wake();
    }

    private async Task<RolloutList> ListRolloutsAsync(ServiceRequest request)
    {
        request.Need(Rights.View | Rights.RegistryRead);
        var page = ListPage.Of(request);
        var isWaiting = ApiRoute.Flag(request, "needsAttention");
        if (isWaiting && request.Scope is null)
        {
            var (waiting, next) = await page.TakeAsync(rollouts.NeedingAttentionAsync(page.After, page.Rows, request.Aborted), rollout => rollout.Fleet, request.Aborted);
            return new([.. waiting.Select(RolloutView.Of)], next);
        }

        var (found, continuation) = await page.TakeAsync(FleetsAsync(request, page, page.Rows), fleet => fleet.Name, request.Aborted);
        var items = new List<RolloutView>();
        foreach (var fleet in found)
            if (await rollouts.FindAsync(fleet.Name, request.Aborted) is { } rollout && (!isWaiting || rollout.NeedsAttention))
                items.Add(RolloutView.Of(rollout));
        return new(items, continuation);
    }

    private async Task<RolloutView> ReadRolloutAsync(ServiceRequest request)
    {
        request.Need(Rights.View | Rights.RegistryRead);
        return RolloutView.Of(await FindRolloutAsync(request));
    }

    private async Task<RolloutList> ReadHistoryAsync(ServiceRequest request)
    {
        request.Need(Rights.View | Rights.RegistryRead);
        var fleet = await FindAsync(request);
        var past = await rollouts.PastAsync(fleet.Name, request.Aborted);
        return new([.. (await rollouts.FindAsync(fleet.Name, request.Aborted) is { } rollout ? past.Prepend(rollout) : past).Select(RolloutView.Of)]);
    }

    private async Task<RolloutDeviceList> ListDevicesAsync(ServiceRequest request)
    {
        request.Need(Rights.View | Rights.RegistryRead);
        var rollout = await FindRolloutAsync(request);
        var limit = (int)ApiRoute.Number(request, "limit", 100, 1, MostItems);
        var states = request.Http.Request.Query["state"].OfType<string>().Where(named => named.Length > 0).Select(StateOf).ToArray();
        var batch = ApiRoute.Text(request, "batch") is { } name ? BatchOf(rollout, name) : (int?)null;
        var page = await store.ListRolloutDevicesAsync(rollout.Fleet, batch, states.Length == 0 ? null : states, ApiRoute.Text(request, "continuation") ?? "", limit, request.Aborted);
        return new([.. page.Select(device => View(device, rollout))], page.Count < limit ? null : page[^1].DeviceId);
    }

    private static int StateOf(string named) => Enum.TryParse<DeviceState>(named, out var known) && Enum.IsDefined(known)
        ? (int)known
        : throw new ServiceException(ServiceError.ArgumentInvalid, $"state is none of {string.Join(", ", Enum.GetNames<DeviceState>())}");

    private static int BatchOf(StoredRollout rollout, string name) => rollout.Batches.ToList().FindIndex(batch => batch.Name == name) is >= 0 and var index
        ? index
        : throw new ServiceException(ServiceError.ArgumentInvalid, $"the batches of {rollout.Fleet} are {string.Join(", ", rollout.Batches.Select(batch => batch.Name))}");

    private static RolloutDeviceView View(StoredRolloutDevice stored, StoredRollout rollout)
    {
        var device = StoredRollout.ReadDevice(stored.Json);
        return new(stored.DeviceId, device.Batch < 0 ? null : rollout.Batches[device.Batch].Name, device.State.ToString(), device.Since.UtcDateTime, Commit(device.Goal), Commit(device.Previous), device.Message);
    }

    private static string? Commit(string? revision) => revision is null ? null : FleetRevision.CommitOf(revision);

    private async Task<FleetView> ViewAsync(StoredFleet fleet, CancellationToken cancellation) =>
        FleetView.Of(fleet, await revisions.FindAsync(fleet.Name, cancellation), await rollouts.FindAsync(fleet.Name, cancellation));

    private async Task<StoredFleet> FindAsync(ServiceRequest request) =>
        await catalog.FindAsync(request.Path[3], request.Aborted) ?? throw new ServiceException(ServiceError.ResourceNotFound, $"there is no fleet {request.Path[3]}");

    private async Task<StoredRollout> FindRolloutAsync(ServiceRequest request) =>
        await rollouts.FindAsync(request.Path[3], request.Aborted) ?? throw new ServiceException(ServiceError.ResourceNotFound, $"fleet {request.Path[3]} has no rollout");
}
