using System.Text.Json.Nodes;
using EdgeOperator.Portal.Hub;
using static EdgeOperator.Portal.Actions.ShellWords;

namespace EdgeOperator.Portal.Actions;

/// <summary>What people order a fleet's rollout to do.</summary>
public static class RolloutActions
{
    public static PortalAction Pause { get; } = Order("pause", "Pause", "Nothing more begins until somebody resumes it.");

    public static PortalAction Resume { get; } = Order("resume", "Resume", "It goes on.");

    public static PortalAction Approve { get; } = Order("approve", "Approve", "The batch is approved.");

    public static PortalAction Skip { get; } = Order("skip", "Skip batch", "It goes on with the next batch.");

    public static PortalAction Abort { get; } = Order("abort", "Abort", "Nothing more begins; devices keep what they have.", isFinal: true);

    public static PortalAction RollBack { get; } = Order("rollback", "Roll back", "Devices get back what they had.", isFinal: true);

    public static IReadOnlyList<PortalAction> All { get; } = [Pause, Resume, Approve, Skip, Abort, RollBack];

    /// <summary>Those that make sense now, in the order of how much they do. Whether one is done is the hub's business.</summary>
    public static IEnumerable<PortalAction> For(HubRollout rollout)
    {
        var isUnderWay = rollout.State is "Progressing" or "Paused";
        if (isUnderWay && rollout.Current is { WaitsForApproval: true })
            yield return Approve;
        if (rollout.State == "Paused")
            yield return Resume;
        else if (rollout.State is "Progressing" or "Completed")
            yield return Pause;
        if (isUnderWay && rollout.Current is not null)
            yield return Skip;
        if (rollout.State is not ("RollingBack" or "RolledBack" or "Superseded"))
            yield return RollBack;
        if (rollout.State is not ("Aborted" or "Superseded"))
            yield return Abort;
    }

    private static PortalAction Order(string verb, string label, string done, bool isFinal = false) => new(
        $"rollout.{verb}", label, HubRole.Operator,
        input => new("POST", $"api/v1/rollouts/{Uri.EscapeDataString(input["fleet"])}/{verb}", input.Optional("reason") is { } reason ? new JsonObject { ["reason"] = reason } : null),
        input => Line(["edgeop", "hub", "rollouts", verb, input["fleet"], .. input.Optional("reason") is { } reason ? (string[])["--reason", reason] : []]))
    {
        Done = (input, answer) => $"{HubJson.Text(answer, "id") ?? input["fleet"]}: {done}",
        IsFinal = isFinal,
    };
}
