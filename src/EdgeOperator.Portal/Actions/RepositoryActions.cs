using System.Text.Json.Nodes;
using EdgeOperator.Portal.Hub;
using static EdgeOperator.Portal.Actions.ShellWords;

namespace EdgeOperator.Portal.Actions;

/// <summary>What people ask of a repository that the hub follows.</summary>
public static class RepositoryActions
{
    public static PortalAction Sync { get; } = new(
        "repository.sync", "Sync now", HubRole.Operator,
        input => new("POST", $"{Path(input)}/sync", new JsonObject { ["allowRewind"] = false }),
        input => Line("edgeop", "hub", "repositories", "sync", input["repository"]))
    {
        Done = (input, _) => $"{input["repository"]} is being fetched.",
        IsOfHub = true,
    };

    /// <summary>Names the commit that was looked at, so that no other one is approved.</summary>
    public static PortalAction Approve { get; } = new(
        "repository.approve", "Approve", HubRole.Operator,
        input => new("POST", $"{Path(input)}/approve", new JsonObject { ["commit"] = input["commit"] }),
        input => Line("edgeop", "hub", "repositories", "approve", input["repository"], "--commit", input["commit"]))
    {
        Done = (input, _) => $"{input["commit"]} of {input["repository"]} is approved.",
        IsFinal = true,
        IsOfHub = true,
    };

    public static IReadOnlyList<PortalAction> All { get; } = [Sync, Approve];

    private static string Path(ActionInput input) => $"api/v1/repositories/{Uri.EscapeDataString(input["repository"])}";
}
