using System.Reflection;
using EdgeOperator.Hub.Rest;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;

namespace EdgeOperator.Hub.Api;

/// <summary>All routes of the hub's own API, in the order in which they are looked at: fixed names before those in braces.</summary>
internal sealed class ApiRoutes(AccountRoutes accounts, OverviewRoutes overview, EnrollmentRequestRoutes enrollments, DeviceRoutes devices, RecordRoutes records, EventRoutes events, RemoteRoutes remote, FleetRoutes fleets, RepositoryRoutes repositories, FleetPlanRoutes plans, ArtifactRoutes artifacts, SnapshotRoutes snapshots, FiguresRoutes figures, AlertRoutes alerts, ViewRoutes views, OpenApiRoutes description)
{
    public IReadOnlyList<ServiceRoute> All { get; } = [.. accounts.Routes, .. overview.Routes, .. enrollments.Routes, .. devices.Routes, .. records.Routes, .. events.Routes, .. remote.Routes, .. fleets.Routes, .. repositories.Routes, .. plans.Routes, .. artifacts.Routes, .. snapshots.Routes, .. figures.Routes, .. alerts.Routes, .. views.Routes, .. description.Routes];

    /// <summary>
    /// Makes an endpoint of each route, so that the description of the API is that of the routes that there are. Requests go the same way as
    /// all others: <paramref name="answer"/> decides who may do what.
    /// </summary>
    public void Map(IEndpointRouteBuilder endpoints, RequestDelegate answer)
    {
        foreach (var route in All)
            if (route.Description is { } description)
                endpoints.MapMethods("/" + route.Pattern, [route.Method], answer).WithMetadata([.. Metadata(route, description)]);
    }

    private static IEnumerable<object> Metadata(ServiceRoute route, RouteDescription description)
    {
        // A method without parameters: they stand in the route.
        yield return ((Action)Described).GetMethodInfo();
        yield return route;
        yield return new TagsOf(route.Pattern.Split('/')[2]);
        yield return description.Answer is { } answer
            ? new ProducesResponseTypeMetadata(description.Status, answer, [description.ContentType])
            : new ProducesResponseTypeMetadata(description.Status, description.Status == StatusCodes.Status204NoContent ? typeof(void) : typeof(string), description.Status == StatusCodes.Status204NoContent ? null : [description.ContentType]);
        if (description.Body is { } body)
            yield return new AcceptsMetadata(["application/json"], body, description.IsBodyOptional);
    }

    private static void Described()
    {
    }

    private sealed record TagsOf(string Name) : ITagsMetadata
    {
        public IReadOnlyList<string> Tags => [Name];
    }
}
