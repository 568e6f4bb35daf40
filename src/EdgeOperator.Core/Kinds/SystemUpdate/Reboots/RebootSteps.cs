using System.Collections.Immutable;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Planning;

namespace EdgeOperator.Core.Kinds.SystemUpdate.Reboots;

/// <summary>Decide that the device is rebooted: from now on that is brought to its end, whatever time it is. Nothing stops yet, so that the decision is an event first.</summary>
/// <param name="Reasons">See <see cref="DeviceReboot.Reasons"/>.</param>
public sealed record AnnounceReboot(ResourceId Resource, string Reason, ImmutableArray<string> Reasons) : Step(Resource, Reason)
{
    public override string Id => $"announce reboot {Resource}";
}

/// <summary>Have the system reboot. The plan stops all that runs before it.</summary>
public sealed record RebootDevice(ResourceId Resource, string Reason) : Step(Resource, Reason)
{
    public override string Id => $"reboot {Resource}";
}

/// <summary>Run the scripts that tell whether a boot is good.</summary>
public sealed record CheckBoot(ResourceId Resource, string Reason) : Step(Resource, Reason)
{
    public override string Id => $"check boot {Resource}";

    public override StepEffect Effect => StepEffect.Wait;
}

/// <summary>The reboot is over.</summary>
/// <param name="Failure">Why the device is not well, so that what was changed before goes back; null when it is.</param>
public sealed record EndReboot(ResourceId Resource, string Reason, string? Failure) : Step(Resource, Reason)
{
    public override string Id => $"end reboot {Resource}";
}
