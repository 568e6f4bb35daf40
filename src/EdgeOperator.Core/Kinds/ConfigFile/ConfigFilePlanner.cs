using EdgeOperator.Core.Kinds.EdgeModule;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Planning;

namespace EdgeOperator.Core.Kinds.ConfigFile;

/// <summary>What one file needs, and which files are restored.</summary>
internal sealed class ConfigFilePlanner(PlanningContext context) : KindPlanner
{
    private readonly ILookup<string, ConfigFileResource> _claims = context.Desired.Files.ToLookup(file => file.File.Path, StringComparer.Ordinal);

    public override ResourcePlan Plan(Resource resource, Func<ResourceId, ResourcePlan?> planned)
    {
        var file = (ConfigFileResource)resource;
        var (id, spec) = (file.Id, file.File);
        if (_claims[spec.Path].FirstOrDefault(other => other.Id != id) is { } other)
            return ResourcePlan.Block(PathClash(file, other));
        var found = context.Observed.Files.GetValueOrDefault(spec.Path);
        if (found?.Refused is { } refusal)
            return ResourcePlan.Block(PathRefused(id, spec.Path, refusal));

        var drift = ConfigFileDrift.Of(spec, found);
        var action = drift is not null ? Action(file, "the file changes")
            : ConfigFileDrift.IsActionDue(spec, found, context.Engines()) ? Action(file, "the file has changed")
            : null;

        // A record is renewed by a write that changes nothing, so no action follows.
        var reason = drift ?? (found is { RecordDamaged: true } ? "the agent's record of it has to be renewed" : null);
        if (reason is null && action is null)
            return ResourcePlan.Nothing;

        Step[] write = reason is null ? [] : [new WriteFile(id, reason, spec.Path, spec.ContentHash)];
        return action is not null && file.Triggers is { } module
            ? new() { Switch = [.. write], FollowUp = new(module, action) }
            : new() { Switch = action is null ? [.. write] : [.. write, action] };
    }

    /// <summary>Puts back what was there before a file that nothing asks for any more.</summary>
    public override PrunePlan Prune(PruneContext pruning) => new() { Restores = Orphans().SelectMany(file => Restore(file, pruning)) };

    private static IEnumerable<Step> Restore(ObservedConfigFile file, PruneContext pruning)
    {
        var owner = file.WrittenFor!.Value;
        if (pruning.IsDesired(owner) ? pruning.PlanOf(owner).Blocked is not null : pruning.IsBlocked(owner))
            yield break;
        if (file.Refused is { } refusal)
            pruning.Block(PathRefused(owner, file.Path, refusal));
        else
            yield return new RestoreFile(owner, $"{owner} no longer asks for it", file.Path);
    }

    /// <summary>Files that the agent wrote and that nothing asks for any more.</summary>
    private IEnumerable<ObservedConfigFile> Orphans() => context.Observed.Files.Values.Where(file =>
        file is { WrittenFor: { } owner, PruneDisabled: false } && !context.Inventory.Retained.Contains(owner) && !_claims.Contains(file.Path));

    private static BlockedResource PathRefused(ResourceId resource, string path, string refusal) =>
        new(resource, BlockedReason.PathRefused, $"{path} can't be managed: {refusal}", Until: null, IsProblem: true);

    private static RunAction? Action(ConfigFileResource file, string reason) =>
        file.File.OnChange is { } action ? new(file.Id, reason, file.File.Path, action) : null;

    private static BlockedResource PathClash(ConfigFileResource file, ConfigFileResource other)
    {
        var message = $"{other.Id} ({other.Origin}) asks for {file.File.Path} as well; remove one of them ({file.Origin})";
        return new(file.Id, BlockedReason.PathClash, message, Until: null, IsProblem: true);
    }
}
