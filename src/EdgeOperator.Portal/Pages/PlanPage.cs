using EdgeOperator.Portal.Components;
using EdgeOperator.Portal.Hub;
using Microsoft.AspNetCore.Components;

namespace EdgeOperator.Portal.Pages;

/// <summary>A page that shows what a commit would do, once one is named in its address.</summary>
public abstract class PlanPage : PortalPage
{
    [SupplyParameterFromQuery(Name = "commit")]
    protected string? Commit { get; set; }

    /// <summary>Null until one is named.</summary>
    protected string? Wanted => Commit?.Trim() is { Length: > 0 } commit ? commit.ToLowerInvariant() : null;

    protected HubFleetPlan? Planned { get; private set; }

    /// <summary>Why the commit can't be planned; null when it can.</summary>
    protected string? Error { get; private set; }

    /// <param name="device">Null for all of the fleet's.</param>
    protected async Task PlanAsync(string fleet, string? device)
    {
        if (Wanted is null)
            return;
        var answer = await Session.SendAsync(HubCall.Get(HubCall.Query($"api/v1/{Hosting.PortalPaths.Fleet(fleet)}/plan", ("commit", Wanted), ("device", device))));
        if (answer.IsSuccess)
        {
            Planned = HubJson.Read<HubFleetPlan>(answer.Body);
            return;
        }

        Error = answer.Message;
        AnswerWith(answer.Status);
    }
}
