using System.CommandLine;
using EdgeOperator.Cli.Hub.Access;
using EdgeOperator.Cli.Hub.Alerts;
using EdgeOperator.Cli.Hub.Artifacts;
using EdgeOperator.Cli.Hub.Devices;
using EdgeOperator.Cli.Hub.Enrollments;
using EdgeOperator.Cli.Hub.Fleets;
using EdgeOperator.Cli.Hub.Repositories;
using EdgeOperator.Cli.Hub.Steering;
using EdgeOperator.Cli.Hub.Twins;

namespace EdgeOperator.Cli.Hub;

/// <summary>The verbs for a hub and the devices that it knows; nothing by itself.</summary>
internal sealed class HubVerb : Command
{
    public HubVerb()
        : base("hub", "A hub and its devices, from anywhere: log in, let devices join, look at them and steer them")
    {
        Add(new HubLoginVerb());
        Add(Group("devices", "The devices that the hub knows", new DevicesListVerb(), new DevicesGetVerb(), new DevicesLabelVerb(), new DevicesDecommissionVerb()));
        Add(Group("enrollments", "Devices that ask to join", new EnrollmentsListVerb(), new EnrollmentsApproveVerb(), new EnrollmentsDenyVerb()));
        Add(Group("twin", "A device's twin: tags, desired and reported properties", new TwinGetVerb(), new TwinPatchVerb()));
        Add(Group("artifacts", "Packages of manifests that devices download", new ArtifactsPushVerb(), new ArtifactsListVerb()));
        Add(new HubApplyVerb());
        Add(Group(
            "repositories", "Git repositories that the hub follows",
            new HubListVerb("The Git repositories that the hub follows, and whether they are in order", "repositories", "No repositories.", RepositoryTable.List),
            new HubGetVerb("One repository: its commit, its fleets, and what is wrong with it", new HubRepository(), (repository, printer) => [RepositoryTable.Facts(repository, printer)]),
            new RepositoriesSyncVerb(), new RepositoriesApproveVerb(),
            new HubDeleteVerb("Follow a repository no more; its fleets stay, and can be changed by hand", new HubRepository(), "its fleets stay, and can be changed by hand")));
        Add(Group(
            "fleets", "Devices that have one revision",
            new HubListVerb("The fleets of the hub, and how far their rollouts are", "fleets", "No fleets.", (fleets, _) => FleetTable.List(fleets)),
            new HubGetVerb("One fleet: its devices' revision, and how far its rollout is", new HubFleet(), FleetTable.Of),
            new HubDeleteVerb("Forget a fleet and its rollouts; its devices keep what they have", new HubFleet(), "its devices keep what they have")));
        Add(new HubPlanVerb());
        Add(Group(
            "rollouts", "Revisions on their way over fleets",
            new HubListVerb("The rollouts of all fleets, and why they wait", "rollouts", "No rollouts.", (rollouts, _) => RolloutTable.List(rollouts)), new RolloutsGetVerb(), new RolloutsWatchVerb(),
            new RolloutOrderVerb("pause", "Let nothing more begin until resume", "nothing more begins until `edgeop hub rollouts resume`."),
            new RolloutOrderVerb("resume", "Go on; devices that have failed so far are not counted any more", "it goes on."),
            new RolloutOrderVerb("approve", "Let the batch begin that waits for approval", "the batch is approved."),
            new RolloutOrderVerb("skip", "Go on without the rest of the present batch, and without judging it", "it goes on with the next batch."),
            new RolloutOrderVerb("abort", "Let nothing more begin for good; devices keep what they have", "nothing more begins; devices keep what they have."),
            new RolloutOrderVerb("rollback", "Give devices that got the revision back what each had", "devices get back what they had.")));
        Add(Group(
            "alerts", "What needs somebody",
            new HubListVerb("What is wrong now, and what was over within a day", "alerts", "Nothing is wrong, and nothing was within a day.", AlertTable.List), new AlertsTestVerb()));
        Add(Group("users", "Who may log in, and what each may do", new HubListVerb("Local users, their roles, and the fleets that these are limited to", "users", nothing: null, (users, _) => AccessTable.Users(users)), new UsersCreateVerb(), new UsersRoleVerb(), new UsersResetPasswordVerb(), new HubDeleteVerb("Remove a user; the user's tokens are worthless then", new HubUser(), "the user's tokens are worthless now")));
        Add(Group("tokens", "Tokens for programs", new HubListVerb("Tokens for programs: your own, or for administrators all", "tokens", nothing: null, AccessTable.Tokens), new TokensCreateVerb(), new HubDeleteVerb("Make a token worthless", new HubToken(), "whoever shows it is not let in any more")));
        Add(new HubDescribeVerb());
        Add(new HubLogsVerb());
        Add(new HubExecVerb());
        Add(new HubReconcileVerb());
        Add(new HubSuspendVerb());
        Add(new HubResumeVerb());
        Add(new HubRollbackVerb());
        Add(new HubRestartVerb());
        Add(new HubPowerVerb("stop", "Shut a virtual machine of a device down, until start", "Stopped"));
        Add(new HubPowerVerb("start", "Start a virtual machine of a device again that was stopped", "Started"));
        Add(new HubConsoleVerb());
        Add(new HubCheckVerb());
        Add(new HubSupportBundleVerb());
    }

    private static Command Group(string name, string description, params Verb[] verbs)
    {
        var group = new Command(name, description);
        foreach (var verb in verbs)
            group.Add(verb);
        return group;
    }
}
