using System.CommandLine;
using EdgeOperator.Cli.Hub.Artifacts;
using EdgeOperator.Cli.Hub.Devices;
using EdgeOperator.Cli.Hub.Enrollments;
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
        Add(new HubDescribeVerb());
        Add(new HubLogsVerb());
        Add(new HubExecVerb());
        Add(new HubReconcileVerb());
        Add(new HubSuspendVerb());
        Add(new HubResumeVerb());
        Add(new HubRollbackVerb());
        Add(new HubRestartVerb());
    }

    private static Command Group(string name, string description, params Verb[] verbs)
    {
        var group = new Command(name, description);
        foreach (var verb in verbs)
            group.Add(verb);
        return group;
    }
}
