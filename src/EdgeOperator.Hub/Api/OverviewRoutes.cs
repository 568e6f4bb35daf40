using EdgeOperator.Hub.Rest;
using EdgeOperator.Hub.Security;

namespace EdgeOperator.Hub.Api;

/// <summary>How the devices are, in numbers.</summary>
internal sealed class OverviewRoutes(DeviceOverview overview)
{
    public IEnumerable<ServiceRoute> Routes => [ApiRoute.Get("overview", "How many devices are well, and those that need attention first", AnswerAsync) with { Reach = RouteReach.Many }];

    private Task<OverviewAnswer> AnswerAsync(ServiceRequest request)
    {
        request.Need(Rights.RegistryRead | Rights.View);
        return overview.GetAsync(request.Scope, request.Aborted);
    }
}
