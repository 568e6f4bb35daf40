using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.State;

namespace EdgeOperator.Core.Kinds.ConfigFile;

/// <summary>What one file needs, and which files are to be put back as they were.</summary>
internal sealed class ConfigFilePlanner(Situation situation)
{
    private readonly ILookup<string, ConfigFileResource> _claims = situation.Desired.Files.ToLookup(file => file.File.Path, StringComparer.Ordinal);

    public ResourcePlan Plan(ConfigFileResource file)
    {
        var (id, spec) = (file.Id, file.File);
        if (_claims[spec.Path].FirstOrDefault(other => other.Id != id) is { } other)
            return ResourcePlan.Hold(PathClash(file, other));
        var found = situation.Observed.Files.GetValueOrDefault(spec.Path);
        if (found?.Refused is { } refusal)
            return ResourcePlan.Hold(PathRefused(id, spec.Path, refusal));

        var drift = ConfigFileDrift.Of(spec, found);
        var action = drift is not null ? Action(file, "the file changes")
            : ConfigFileDrift.IsActionDue(spec, found, situation.Engines) ? Action(file, "the file has changed")
            : null;

        // A record is renewed by a write that changes nothing, so no action follows.
        var reason = drift ?? (found is { RecordDamaged: true } ? "the agent's record of it has to be renewed" : null);
        if (reason is null && action is null)
            return ResourcePlan.Nothing;

        Step[] write = reason is null ? [] : [new WriteFile(id, reason, spec.Path, spec.ContentHash)];
        return action?.Action is FileAction.RestartModule
            ? new() { Switch = [.. write], ModuleRestart = action }
            : new() { Switch = action is null ? [.. write] : [.. write, action] };
    }

    /// <summary>Files that the agent wrote and that nothing asks for any more.</summary>
    public IEnumerable<ObservedConfigFile> Abandoned() => situation.Observed.Files.Values.Where(file =>
        file is { WrittenFor: { } owner, PruneDisabled: false } && !situation.Inventory.Retained.Contains(owner) && !_claims.Contains(file.Path));

    public static Held PathRefused(ResourceId resource, string path, string refusal) =>
        new(resource, HoldReason.PathRefused, $"{path} can't be managed: {refusal}", Until: null, IsProblem: true);

    private static RunAction? Action(ConfigFileResource file, string reason) =>
        file.File.OnChange is { } action ? new(file.Id, reason, file.File.Path, action) : null;

    private static Held PathClash(ConfigFileResource file, ConfigFileResource other)
    {
        var message = $"{other.Id} ({other.Origin}) asks for {file.File.Path} as well; remove one of them ({file.Origin})";
        return new(file.Id, HoldReason.PathClash, message, Until: null, IsProblem: true);
    }
}
