using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Planning;

namespace EdgeOperator.Core.Kinds.FunctionApp;

/// <summary>
/// What one function app needs. The host itself changes from one generation to the next without a gap, and keeps the old one
/// when the new one can't be loaded: so one step asks for the desired generation, whether it is new, a repair or a roll-back.
/// </summary>
internal sealed class FunctionAppPlanner(PlanningContext context) : KindPlanner
{
    /// <summary>In addition to the desired one: the one before it, for an operator's roll-back without a network.</summary>
    private const int KeptPackages = 1;

    public override ResourcePlan Plan(Resource resource, Func<ResourceId, ResourcePlan?> planned)
    {
        var desired = (FunctionAppResource)resource;
        var found = context.Observed.Apps.GetValueOrDefault(desired.Id.Name);
        if (found?.Unavailable is { } why)
            return ResourcePlan.Block(new(desired.Id, BlockedReason.PathRefused, why, Until: null, IsProblem: true));
        if (PublishedPackages.Resolve(desired, context.Observed) is not { } app)
            return WithoutPackage(desired, found);

        var fetch = found?.Packages.Contains(app.App.Package.Hash) is true ? null : Install(app, found);
        var (stop, serve) = (Stop(app, found), Serve(app, found));
        Step[] cleanup = [.. Conclude(desired), .. Cleanup(app, found)];
        if (fetch is null && serve is null && cleanup.Length == 0)
            return ResourcePlan.Nothing;
        return new()
        {
            Fetch = fetch,
            Switch = serve is null ? [] : stop is null ? [serve] : [stop, serve],
            Cleanup = [.. cleanup],
            AwaitsPruneStops = true,
        };
    }

    public override IEnumerable<Step> ShutDown(Resource resource) =>
        context.Observed.Apps.GetValueOrDefault(resource.Id.Name) is { } found && IsInService(found) ? [new StopApp(resource.Id, "the device is rebooted")] : [];

    public override PrunePlan Prune(PruneContext pruning)
    {
        var orphans = context.Observed.Apps.Values.Where(app => (IsInService(app) || !app.Packages.IsEmpty) && pruning.IsOrphaned(IdOf(app))).ToList();
        return new()
        {
            Stops = orphans.Where(IsInService).Select(StopOrphan),
            Removals = orphans.SelectMany(RemoveOrphan),
        };
    }

    /// <summary>Nothing is published, or nothing that can be loaded. What serves is never stopped for that: perhaps it is the store that is lost.</summary>
    private static ResourcePlan WithoutPackage(FunctionAppResource app, ObservedFunctionApp? found) => found is { Report: { Serving: null, Failure: { } failure } }
        ? new() { Switch = [new StopApp(app.Id, $"nothing that was published can be put into service: {failure}")] }
        : ResourcePlan.Nothing;

    /// <summary>Says how the deployment of a published package has ended, once that is known.</summary>
    private IEnumerable<Step> Conclude(FunctionAppResource desired) => PublishedPackages.OutcomeOf(desired, context.Observed) is { } outcome
        ? [new ConcludeDeployment(
            desired.Id,
            outcome.Failure is null ? "its published package is served" : $"its published package can't be loaded: {outcome.Failure}",
            outcome.Name, outcome.Published, outcome.Failure, outcome.Functions)]
        : [];

    private static Step StopOrphan(ObservedFunctionApp app) => new StopApp(IdOf(app), $"{IdOf(app)} is no longer desired");

    private static IEnumerable<Step> RemoveOrphan(ObservedFunctionApp app) => app.Packages.Select(package =>
        new RemoveGeneration(IdOf(app), $"{IdOf(app)} is no longer desired", package) { Requires = IsInService(app) ? [StopOrphan(app).Id] : [] });

    private static ResourceId IdOf(ObservedFunctionApp app) => new(KindNames.FunctionApp, app.Name);

    /// <summary>Whether anything is left to be stopped.</summary>
    private static bool IsInService(ObservedFunctionApp app) => app.Phase != AppHostPhase.Stopped || app.Requested is not null;

    private static InstallApp Install(FunctionAppResource app, ObservedFunctionApp? found) =>
        new(app.Id, found is null or { Packages.IsEmpty: true } ? "the app is not on the device" : "its package is not on the device", app.App.Package);

    /// <summary>A host that can't go on as it is; one that hangs, or runs as another user.</summary>
    private static StopApp? Stop(FunctionAppResource app, ObservedFunctionApp? found) => found switch
    {
        null or { Phase: AppHostPhase.Stopped } => null,
        { Phase: AppHostPhase.Hung } => new(app.Id, "its host does not answer"),
        _ when found.User != (app.App.User ?? "") => new(app.Id, $"it must run as {app.App.User ?? "the agent's own user"}"),
        _ => null,
    };

    private static ServeApp? Serve(FunctionAppResource app, ObservedFunctionApp? found) => found switch
    {
        null or { Phase: AppHostPhase.Stopped, Requested: null } => Serve(app, "it is new"),
        { Phase: AppHostPhase.Stopped } => Serve(
            app, $"its host does not run{(found.ExitReason is { Length: > 0 } words ? $": {words}" : "")}", repair: found.Requested == app.SpecHash),
        { Phase: AppHostPhase.Hung } => Serve(app, "its host does not answer", repair: true),
        _ when Stop(app, found) is { } stop => Serve(app, stop.Reason),
        _ when found.Requested != app.SpecHash => Serve(app, "the app changes"),
        { Report: { } report } when report.Wanted != app.SpecHash => Serve(app, "its host must be notified again"),

        // What can't be loaded the host itself tries again.
        _ => null,
    };

    private static ServeApp Serve(FunctionAppResource app, string reason, bool repair = false) =>
        new(app.Id, reason, app.SpecHash, repair, app.App.Package as FunctionPackage.Published);

    private IEnumerable<Step> Cleanup(FunctionAppResource app, ObservedFunctionApp? found)
    {
        // A revision under way may have to be undone.
        if (!context.Inventory.Committed || found is null)
            return [];
        return found.Packages.Where(package => package != app.App.Package.Hash).Skip(KeptPackages)
            .Select(package => new RemoveGeneration(app.Id, "later packages have taken its place", package));
    }
}
