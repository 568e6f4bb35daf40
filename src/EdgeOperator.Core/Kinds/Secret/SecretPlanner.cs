using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Planning;

namespace EdgeOperator.Core.Kinds.Secret;

/// <summary>A Secret needs no steps: what uses it changes with it. One that can't be opened holds up what uses it, and nothing else.</summary>
internal sealed class SecretPlanner : KindPlanner
{
    public override BlockedResource? BlockOf(Resource resource) => ((SecretResource)resource).Opening is SecretOpening.Refused refused
        ? new(resource.Id, BlockedReason.SecretUnreadable, refused.Message, Until: null, IsProblem: true) { Failure = refused.Reason }
        : null;

    public override ResourcePlan Plan(Resource resource, Func<ResourceId, ResourcePlan?> planned) => ResourcePlan.Nothing;

    public override PrunePlan Prune(PruneContext context) => new();
}
