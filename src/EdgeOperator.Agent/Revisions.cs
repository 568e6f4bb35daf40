using System.Collections.Immutable;
using EdgeOperator.Agent.Sources;
using EdgeOperator.Agent.Storage;
using EdgeOperator.Core.Kinds.EdgeModule;
using EdgeOperator.Core.Kinds.EdgeModule.Compiling;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Core.State;

namespace EdgeOperator.Agent;

/// <summary>A revision as this device understands it.</summary>
/// <param name="State">Null exactly when there are problems.</param>
/// <param name="Reason">Why there is no state, in one CamelCase word.</param>
public sealed record Rendering(
    RevisionStatus Revision, DesiredState? State, ImmutableArray<Problem> Problems, ImmutableArray<Problem> Warnings, string Reason = "InvalidManifest")
{
    public string Summary => Problems switch
    {
        [] => "",
        [var only] => only.ToString(),
        [var first, ..] => $"{Problems.Length} problems, the first: {first}",
    };
}

/// <summary>Turns kept revisions into desired states: the manifests are read once, however many passes look at them.</summary>
public sealed class Revisions(RevisionStore store, RenderContext context, bool allowEmpty)
{
    // The revision under way, the last good one, and the newest while an operator holds another; a fourth is read afresh when it is asked for.
    private const int Kept = 3;
    private ImmutableArray<Rendering> _recent = [];
    private ImmutableHashSet<(string Target, string Image)>? _namedImages;

    /// <summary>Null when the revision is not kept, or no longer whole.</summary>
    public Rendering? Render(string revision)
    {
        if (_recent.FirstOrDefault(r => r.Revision.Id == revision) is { } known)
            return known;
        if (store.Load(revision) is not { } loaded)
            return null;

        var rendering = Render(loaded);
        _recent = [rendering, .. _recent.Take(Kept - 1)];
        return rendering;
    }

    public Rendering Render(Revision revision)
    {
        var named = new RevisionStatus(revision.Id, revision.Display);
        var read = ManifestReader.Read(revision.Id, [.. revision.Artifacts.Select(a => new ManifestSource(a.Source, a.Files))], context);
        return read.State is { Resources.IsEmpty: true } && !allowEmpty
            ? new(named, null, [Empty(revision)], read.Warnings, "EmptyRevision")
            : new(named, read.State, read.Problems, read.Warnings);
    }

    /// <summary>Removes the revisions that nobody can go back to any more: only good ones and those in use are kept.</summary>
    public void Prune(RevisionLedger ledger, string? newest)
    {
        string?[] inUse = [ledger.LastGood, ledger.Attempt?.Revision, ledger.Hold?.Revision, newest];
        var kept = ledger.Good.Select(good => good.Revision).Concat(inUse.OfType<string>()).ToHashSet();
        store.Prune(kept);
        _namedImages = [.. kept.SelectMany(ModulesOf).Select(m => (m.Container.Target, ImageReference.Normalize(m.Container.Image)))];
    }

    /// <summary>
    /// Ids of images that the agent pulled to an engine and that no kept revision names for it. None before the first revision
    /// was committed in this run: until then it is not known which are named.
    /// </summary>
    /// <param name="target">Whose engine it is: <see cref="EngineTarget"/>.</param>
    public ImmutableHashSet<string> UnnamedImages(RevisionLedger ledger, string target, ObservedEngine engine)
    {
        if (_namedImages is not { } named || engine.PulledImages.IsEmpty)
            return [];

        var needed = engine.Images.Where(i => named.Contains((target, ImageReference.Normalize(i.Key)))).Select(i => i.Value.Id);
        var pinned = ledger.Good.SelectMany(good => good.Images).Where(image => image.Target == target).Select(image => image.Id);
        return engine.PulledImages.Except(needed).Except(pinned);
    }

    // Past the cache: what is only looked at once must not push out what every pass asks for.
    private IEnumerable<EdgeModuleResource> ModulesOf(string revision) =>
        (store.Load(revision) is { } loaded ? Render(loaded).State : null)?.Modules ?? [];

    private static Problem Empty(Revision revision) => new(
        new(revision.Display, 0, 0),
        "the revision has no resource for this device",
        "check the source's path and the manifests' deviceSelector, or set reconcile.allowEmpty to remove everything");
}
