using System.Collections.Immutable;
using EdgeOperator.Core.Kinds.ConfigFile;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.State;

namespace EdgeOperator.Core.Snapshots;

/// <summary>
/// All that a plan depends on besides the manifests: what a device is, what was observed on it and what it remembers. A device's hub
/// plans a revision with it by <see cref="PlanFor"/>, as the device itself would begin with it. No secret is in it: of values that the
/// device could open it has keyed digests.
/// </summary>
/// <param name="Device">Its name, labels and variables; those of its twin are not in it, as <see cref="Twins.TwinDevice"/> adds them when a revision is read.</param>
/// <param name="Inventory">As of a revision that is newer than all that the device knows.</param>
/// <param name="Now">When it was observed, by the device's steady clock, which all times in it are of.</param>
public sealed record DeviceSnapshot(DeviceIdentity Device, ObservedState Observed, Inventory Inventory, DateTimeOffset Now)
{
    /// <summary>The last revision that passed the device's health gate; null before the first.</summary>
    public string? LastGood { get; init; }

    /// <summary>The version of the agent.</summary>
    public string Agent { get; init; } = "";

    /// <summary>
    /// Variables of the device whose names or values say that they are secrets: their values are <see cref="Redaction.Hidden"/>, so that what
    /// depends on them seems to change.
    /// </summary>
    public ImmutableArray<string> HiddenVars { get; init; } = [];

    /// <summary>For whom secrets for the device are encrypted, age recipients: its current one first. Empty where they are not known.</summary>
    public ImmutableArray<string> Recipients { get; init; } = [];

    /// <summary>Folders below which the device lets ConfigFiles lie. Empty where they are not known.</summary>
    public ImmutableArray<string> AllowedRoots { get; init; } = [];

    /// <summary>Of the last good revision.</summary>
    public ImmutableArray<KnownSecret> Secrets { get; init; } = [];

    /// <summary>Has a revision read as the device would, as far as that can be known: <see cref="RenderContext.Secrets"/>.</summary>
    public ISecretOpener SecretOpener => new KnownSecrets(Recipients, Secrets);

    /// <summary>What a device would do with a revision that it does not have yet: fetch what it lacks, and change what differs.</summary>
    /// <remarks>What only the new revision names was not looked for on the device; it is planned as if it were not there, and files as far as the device allows them.</remarks>
    /// <param name="desired">The revision as the device would read it.</param>
    public Plan PlanFor(KindSet kinds, DesiredState desired) => Planner.Plan(kinds, desired, Observed with { Files = Observed.Files.AddRange(Refused(desired)) }, Inventory, Now);

    private IEnumerable<KeyValuePair<string, ObservedConfigFile>> Refused(DesiredState desired) => AllowedRoots.IsEmpty ? [] :
        from path in desired.Files.Select(file => file.File.Path).Distinct(StringComparer.Ordinal)
        where !Observed.Files.ContainsKey(path)
        let refusal = Kinds.ConfigFile.AllowedRoots.Refusal(path, AllowedRoots)
        where refusal is not null
        select KeyValuePair.Create(path, new ObservedConfigFile { Path = path, Refused = refusal });

    /// <param name="device">As agent.yaml has it.</param>
    /// <param name="lastGood">What the last good revision asks for; null when there is none, or it is not kept any more.</param>
    public static DeviceSnapshot Of(
        KindSet kinds, DeviceIdentity device, ObservedState observed, RevisionLedger ledger, DesiredState? lastGood, ImmutableDictionary<ResourceId, BackOff> backOff, DateTimeOffset now)
    {
        var hidden = device.Vars.Where(v => Redaction.Text(v.Key, v.Value) != v.Value).Select(v => v.Key).ToImmutableArray();

        // No revision has an empty name.
        var next = DesiredState.Empty;
        var memory = new PlanningMemory(backOff.ToImmutableDictionary(b => b.Key, b => b.Value with { Message = Redaction.Text("", b.Value.Message) }), ImmutableDictionary<string, ImmutableHashSet<string>>.Empty);
        var inventory = RevisionPlanner.InventoryFor((ledger with { Attempt = null }).Begin(next.Revision, now), next, lastGood, memory);
        return new(device with { Vars = device.Vars.SetItems(hidden.Select(name => KeyValuePair.Create(name, Redaction.Hidden))) }, kinds.Aggregate(observed, (state, kind) => kind.ForSnapshot(state)), inventory, now)
        {
            LastGood = ledger.LastGood,
            HiddenVars = hidden,
            Secrets = KnownSecrets.Of(lastGood),
        };
    }
}
