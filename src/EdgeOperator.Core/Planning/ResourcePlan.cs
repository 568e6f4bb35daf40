using System.Collections.Immutable;
using EdgeOperator.Core.Kinds.EdgeModule;

namespace EdgeOperator.Core.Planning;

/// <summary>
/// What one resource needs, before it takes its place among the others: a chain, in which every step requires the one
/// before it, in three parts.
/// </summary>
internal sealed record ResourcePlan
{
    public static ResourcePlan Nothing { get; } = new();

    /// <summary>Why the resource is left alone; then there are no steps but <see cref="Fetch"/>.</summary>
    public BlockedResource? Blocked { get; init; }

    public Fetch? Fetch { get; init; }

    /// <summary>Missing networks and volumes, which other resources may need as well.</summary>
    public ImmutableArray<Step> Shared { get; init; } = [];

    /// <summary>Steps that disturb nothing that runs.</summary>
    public ImmutableArray<Step> Prepare { get; init; } = [];

    /// <summary>Steps that bring the resource to its desired state.</summary>
    public ImmutableArray<Step> Switch { get; init; } = [];

    /// <summary>Steps that clear away what is left over; nothing waits for them.</summary>
    public ImmutableArray<Step> Cleanup { get; init; } = [];

    /// <summary>The device is to be rebooted by this step: then the plan is to stop all that runs, and nothing else.</summary>
    public Step? Reboot { get; init; }

    /// <summary>What another resource must do about this one's change.</summary>
    public FollowUp? FollowUp { get; init; }

    /// <summary>The resource stops for good: it does so before what it depends on, in the reverse of the order of the starts.</summary>
    public bool IsWithdrawal { get; init; }

    /// <summary>
    /// The resource may take over a port from one that is pruned, so that one stops first. Without effect for a plan that
    /// <see cref="Starts"/>, which always waits for that.
    /// </summary>
    public bool AwaitsPruneStops { get; init; }

    /// <summary>See <see cref="Step.PackageHash"/>.</summary>
    public string? PackageHash => Fetch?.PackageHash ?? Switch.Concat(Cleanup).Select(step => step.PackageHash).FirstOrDefault(package => package is not null);

    public bool HasChange => Prepare.Length + Switch.Length > 0;

    public bool HasSteps => HasChange || Cleanup.Length > 0 || Reboot is not null;

    /// <summary>The step after which the resource is as desired, as far as the plan goes.</summary>
    public Step? LastChange => Switch.Length > 0 ? Switch[^1] : Prepare.Length > 0 ? Prepare[^1] : null;

    public bool Starts => Switch.Any(step => step.IsStart);

    public bool Stops => Switch.Any(step => step.IsStop);

    public static ResourcePlan Block(BlockedResource blocked) => new() { Blocked = blocked };

    /// <summary>The same on an engine of a virtual machine.</summary>
    public ResourcePlan On(string target)
    {
        return target == EngineTarget.Host || this == Nothing ? this : this with
        {
            Fetch = Fetch is null ? null : Fetch with { Target = target },
            Shared = To(Shared),
            Prepare = To(Prepare),
            Switch = To(Switch),
            Cleanup = To(Cleanup),
        };

        ImmutableArray<Step> To(ImmutableArray<Step> steps) => [.. steps.Select(step => step with { Target = target })];
    }
}
