using System.Collections.Immutable;
using EdgeOperator.Agent.Clock;
using EdgeOperator.Core.Kinds.EdgeModule;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.State;

namespace EdgeOperator.Agent.Loop;

/// <summary>The revision that a pass moves the device to.</summary>
/// <param name="Rendering">The chosen revision; null when there is none, or it is not kept any more.</param>
/// <param name="LastGood">What to keep up until the target is fetched, and what to go back to.</param>
/// <param name="IsLastGood">The device is where it has been before: nothing has to prove itself.</param>
public sealed record ReconcileTarget(ResolvedRevision Choice, Rendering? Rendering, Rendering? LastGood, bool IsLastGood)
{
    public const string NothingDesired = nameof(NothingDesired);

    /// <summary>The revision to keep the device at, and the ledger with an attempt at it. One that is invalid fails at once.</summary>
    /// <param name="newest">The sources' revision; null while it is not known.</param>
    /// <param name="render">Null for a revision that is not kept.</param>
    public static (ReconcileTarget Target, RevisionLedger Ledger) Choose(RevisionLedger ledger, string? newest, Func<string, Rendering?> render, SteadyClock clock)
    {
        if (IsBlank(ledger, newest, render))
            return (new(new(ledger, null, NothingDesired, "the twin holds no manifests yet: write properties.desired.edgeoperator.manifests, or apply a deployment"), null, null, false), ledger);
        var target = Among(ledger, newest, render);
        if (target is { Rendering: { State: null } broken, IsLastGood: false } && target.Choice.Ledger.Failed.All(f => f.Revision != broken.Revision.Id))
            target = Among(target.Choice.Ledger.Fail(new(broken.Revision.Id, clock.Wall.GetUtcNow(), broken.Reason, broken.Summary) { WasRefused = true }), newest, render);
        target = target with { Rendering = target.Rendering?.WithStopped(ledger.StoppedResources), LastGood = target.LastGood?.WithStopped(ledger.StoppedResources) };
        return (target, target.Rendering is { State: not null } valid ? target.Choice.Ledger.Begin(valid.Revision.Id, clock.GetUtcNow()) : target.Choice.Ledger);
    }

    /// <summary>Of both revisions, the target's last, so that they win: while the target is fetched, the other one is kept up.</summary>
    public ImmutableArray<RegistryCredential> RegistryCredentials => [.. LastGood?.State?.RegistryCredentials ?? [], .. Rendering?.State?.RegistryCredentials ?? []];

    /// <summary>The revision that the device needs, and that is not kept any more, or not whole; null when there is none.</summary>
    /// <param name="newest">The sources' revision, which they deliver in any case.</param>
    public string? Lost(string? newest) =>
        Rendering is null && Choice.Revision is { } chosen && chosen != newest ? chosen
        : LastGood is null && Choice.Ledger.LastGood is { } good && good != newest ? good
        : null;

    /// <summary>All that must be observed: what is kept up now, and what only the other revision has.</summary>
    /// <param name="fetching">The last good revision is what is kept up.</param>
    public DesiredState Everything(bool fetching)
    {
        var target = Rendering?.State ?? DesiredState.Empty;
        var good = LastGood?.State ?? DesiredState.Empty;
        var (first, second) = fetching ? (good, target) : (target, good);
        return ReferenceEquals(first, second) || second.Resources.IsEmpty
            ? first
            : first with
            {
                Resources = second.Resources.SetItems(first.Resources),
                RegistryCredentials = RegistryCredentials,
            };
    }

    // Only as long as this device has never tried any revision: once it runs something, an empty twin is refused as any emptied source is.
    private static bool IsBlank(RevisionLedger ledger, string? newest, Func<string, Rendering?> render) =>
        ledger is { LastGood: null, Attempt: null, Pinned: null, Failed.IsEmpty: true } && newest is not null && render(newest) is { IsBlank: true };

    private static ReconcileTarget Among(RevisionLedger ledger, string? newest, Func<string, Rendering?> render)
    {
        // Only a held device needs to know what the newest revision is made of.
        var fingerprint = ledger.Pinned is not null && newest is not null && newest != ledger.Pinned.Instead ? render(newest)?.State?.Fingerprint() : null;
        var choice = RevisionGate.Choose(ledger, newest, fingerprint);
        return new(
            choice,
            choice.Revision is { } chosen ? render(chosen) : null,
            choice.Ledger.LastGood is { } good ? render(good) : null,
            choice.Revision == choice.Ledger.LastGood);
    }
}
