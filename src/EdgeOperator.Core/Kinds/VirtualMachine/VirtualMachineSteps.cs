using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Planning;

namespace EdgeOperator.Core.Kinds.VirtualMachine;

/// <summary>Put a machine's image, verified, beside those that are there.</summary>
public sealed record FetchMachineImage(ResourceId Resource, string Reason, MachineImage Image) : Fetch(Resource, Reason, Optional: false)
{
    public override string Id => $"fetch {Resource} {Image.Sha256}";
}

/// <summary>
/// Have a machine run in its desired shape; its disks are made where they are missing. Succeeds as soon as it boots: whether the
/// guest comes up is for the readiness to tell. A machine that runs is left as it is.
/// </summary>
/// <param name="FreshSystem">Its system disk is made anew over the image; its data stay.</param>
/// <param name="Repair">What was asked for before did not last.</param>
public sealed record StartMachine(ResourceId Resource, string Reason, string SpecHash, bool FreshSystem = false, bool Repair = false) : Step(Resource, Reason)
{
    public override string Id => $"start {Resource} {SpecHash}";

    public override bool IsRepair => Repair;
}

/// <summary>Have a guest shut down, and switch its machine off when it has not done so in time.</summary>
public sealed record StopMachine(ResourceId Resource, string Reason) : Step(Resource, Reason)
{
    public override string Id => $"stop {Resource}";
}

/// <summary>Bring a running machine to its desired shape without a restart.</summary>
public sealed record ChangeMachine(ResourceId Resource, string Reason, string SpecHash) : Step(Resource, Reason)
{
    public override string Id => $"change {Resource} {SpecHash}";
}

/// <summary>Have the command line be able to enter a machine that runs: its key in the guest, and the files that say how.</summary>
public sealed record GrantMachineAccess(ResourceId Resource, string Reason) : Step(Resource, Reason)
{
    public override string Id => $"grant access to {Resource}";
}

/// <summary>Put the desired files and users into the guest and run its commands. Pending until the guest answers.</summary>
public sealed record ProvisionMachine(ResourceId Resource, string Reason, string Provisioning) : Step(Resource, Reason)
{
    public override string Id => $"provision {Resource} {Provisioning}";
}

/// <summary>Remove what the agent made of a stopped machine, but for its data disk, which a machine of the same name finds again.</summary>
public sealed record RemoveMachine(ResourceId Resource, string Reason) : Step(Resource, Reason)
{
    public override string Id => $"remove {Resource}";

    public override StepEffect Effect => StepEffect.Remove;
}

/// <summary>Remove a fetched image that no machine is made from any more.</summary>
public sealed record RemoveMachineImage(ResourceId Resource, string Reason, string Sha256) : Step(Resource, Reason)
{
    public override string Id => $"remove {Resource} {Sha256}";

    public override bool ConcernsResource => false;

    public override StepEffect Effect => StepEffect.Remove;
}
