using System.Collections.Immutable;
using EdgeOperator.Agent.Secrets;
using EdgeOperator.Agent.Storage;
using EdgeOperator.Core.Kinds.EdgeModule;
using EdgeOperator.Core.Kinds.EdgeModule.Compiling;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Core.State;
using EdgeOperator.Core.Twins;

namespace EdgeOperator.Agent.Loop;

/// <summary>A revision as this device understands it.</summary>
/// <param name="State">Null exactly when there are problems.</param>
/// <param name="Reason">Why there is no state, in one CamelCase word.</param>
public sealed record Rendering(
    RevisionStatus Revision, DesiredState? State, ImmutableArray<Problem> Problems, ImmutableArray<Problem> Warnings, string Reason = Rendering.InvalidManifest)
{
    public const string InvalidManifest = nameof(InvalidManifest);
    public const string EmptyRevision = nameof(EmptyRevision);

    /// <summary>All of it comes from twins, and none of them holds a manifest or a deployment.</summary>
    public bool IsBlank { get; init; }

    /// <summary>The artifacts of a hub that are in it.</summary>
    public ImmutableArray<TwinArtifact> Artifacts { get; init; } = [];

    /// <summary>The same revision with resources stopped that an operator has stopped.</summary>
    public Rendering WithStopped(ImmutableArray<ResourceId> stopped) => stopped.IsEmpty || State is null ? this : this with { State = State.WithStopped(stopped) };

    public string Summary => Problems switch
    {
        [] => "",
        [var only] => only.ToString(),
        [var first, ..] => $"{Problems.Length} problems, the first: {first}",
    };
}

/// <summary>Turns kept revisions into desired states: the manifests are read once, however many passes look at them.</summary>
/// <param name="secrets">Opens the device's Secrets.</param>
public sealed class Revisions(KindSet kinds, RevisionStore store, AgentConfiguration configuration, SecretVault secrets)
{
    private readonly RenderContext _context = new(configuration.Device) { Secrets = secrets };
    private readonly ImmutableHashSet<string> _twins = [.. configuration.Sources.OfType<TwinSourceConfiguration>().Select(twin => twin.Name)];

    // The revision under way, the last good one, and the newest while an operator holds another; a fourth is read afresh when it is asked for.
    private const int Kept = 3;
    private ImmutableArray<Rendering> _recent = [];
    private string _secretsGeneration = "";
    private (string Revisions, ImmutableHashSet<(string Target, string Image)> Images)? _named;

    /// <summary>Null when the revision is not kept, or no longer whole.</summary>
    public Rendering? Render(string revision)
    {
        // What could not be opened with the identities of before is tried again.
        if (secrets.Generation is var generation && generation != _secretsGeneration)
            (_recent, _secretsGeneration) = ([], generation);
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
        var problems = new ProblemCollector();
        var device = _context.Device is null ? null : TwinDevice.Applied(_context.Device, revision.Artifacts.SelectMany(a => a.Files).Where(f => f.Path == TwinDevice.Path), problems);
        if (problems.Count > 0)
            return new(named, null, problems.SortedProblems, problems.SortedWarnings);
        var sources = revision.Artifacts.SelectMany(a => TwinDelivery.SourcesOf(a.Source, a.Files.RemoveAll(f => f.Path == TwinDevice.Path)));
        var read = ManifestReader.Read(kinds.Manifests, revision.Id, [.. sources], _context with { Device = device });
        var rendering = read.State is { Resources.IsEmpty: true } && !configuration.Reconcile.AllowEmpty
            ? new(named, null, [Empty(revision)], read.Warnings, Rendering.EmptyRevision) { IsBlank = revision.Artifacts.All(IsBlankTwin) }
            : new Rendering(named, read.State, read.Problems, read.Warnings);
        return rendering with { Artifacts = [.. revision.Artifacts.SelectMany(a => TwinDelivery.ArtifactsOf(a.Files))] };
    }

    /// <summary>What a revision was composed of, as far as that is known.</summary>
    public ImmutableArray<RevisionPart> PartsOf(string revision, RevisionLedger ledger) => store.PartsOf(revision) is { IsEmpty: false } parts ? parts : ledger.PartsOf(revision);

    /// <summary>Removes the revisions that nobody can go back to any more: only good ones and those in use are kept.</summary>
    public void Prune(RevisionLedger ledger, string? newest)
    {
        var kept = InUse(ledger);
        if (newest is not null)
            kept.Add(newest);
        store.Prune(kept);
    }

    /// <summary>
    /// Ids of images that the agent pulled to an engine and that no kept revision names for it.
    /// </summary>
    /// <param name="newest">The sources' revision, which may be wanted again though it failed; null while it is not known.</param>
    /// <param name="target">Whose engine it is: <see cref="EngineTarget"/>.</param>
    public ImmutableHashSet<string> UnnamedImages(RevisionLedger ledger, string? newest, string target, ObservedEngine engine)
    {
        if (engine.PulledImages.IsEmpty || NamedImages(ledger, newest) is not { } named)
            return [];

        var needed = engine.Images.Where(i => named.Contains((target, ImageReference.Normalize(i.Key)))).Select(i => i.Value.Id);
        var pinned = ledger.Good.SelectMany(good => good.Images).Where(image => image.Target == target).Select(image => image.Id);
        return engine.PulledImages.Except(needed).Except(pinned);
    }

    private static HashSet<string> InUse(RevisionLedger ledger)
    {
        string?[] inUse = [ledger.LastGood, ledger.Attempt?.Revision, ledger.Pinned?.Revision];
        return [.. ledger.Good.Select(good => good.Revision), .. inUse.OfType<string>()];
    }

    /// <summary>What the revisions in use and the newest one name; null when one in use can't be read, so that nobody knows.</summary>
    private ImmutableHashSet<(string Target, string Image)>? NamedImages(RevisionLedger ledger, string? newest)
    {
        var inUse = InUse(ledger);
        var key = $"{string.Join(' ', inUse.Order(StringComparer.Ordinal))} {newest}";
        if (_named is { } known && known.Revisions == key)
            return known.Images;

        var states = inUse.Select(StateOf).ToList();
        if (states.Any(state => state is null))
            return null;
        if (newest is not null && !inUse.Contains(newest))
            states.Add(StateOf(newest));
        _named = (key, [.. states.OfType<DesiredState>().SelectMany(state => state.Modules).Select(m => (m.Container.Target, ImageReference.Normalize(m.Container.Image)))]);
        return _named.Value.Images;
    }

    // Past the cache: what is only looked at once must not push out what every pass asks for.
    private DesiredState? StateOf(string revision) => store.Load(revision) is { } loaded ? Render(loaded).State : null;

    private bool IsBlankTwin(Artifact artifact) => _twins.Contains(artifact.Source) && artifact.Files.All(f => f.Path == TwinDevice.Path);

    private static Problem Empty(Revision revision) => new(
        new(revision.Display, 0, 0),
        "the revision has no resource for this device",
        "check the source's path and the manifests' deviceSelector, or set reconcile.allowEmpty to remove everything");
}
