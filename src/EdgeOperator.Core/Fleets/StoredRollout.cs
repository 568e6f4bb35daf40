using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace EdgeOperator.Core.Fleets;

/// <summary>A rollout as it is stored and told, without its devices: with what its last tick came to.</summary>
/// <param name="Counts">One for each batch.</param>
public sealed record StoredRollout(
    string Fleet, int Number, string Revision, DateTimeOffset CreatedAt, RolloutState State, string? Cause, bool HasFailed, DateTimeOffset? EndedAt,
    ImmutableArray<RolloutBatch> Batches, RolloutWait Wait, ImmutableArray<BatchCounts> Counts)
{
    /// <summary>It waits for somebody: for an approval, or because it does not go on by itself.</summary>
    [JsonIgnore]
    public bool NeedsAttention => State == RolloutState.Paused || (State == RolloutState.Progressing && Wait.Reason is WaitReason.Approval or WaitReason.ThresholdMissed);

    public static StoredRollout Of(Rollout rollout, RolloutWait wait, ImmutableArray<BatchCounts> counts) =>
        new(rollout.Fleet, rollout.Number, rollout.Revision, rollout.CreatedAt, rollout.State, rollout.Cause, rollout.HasFailed, rollout.EndedAt, rollout.Batches, wait, counts);

    public static StoredRollout Read(string json) => JsonSerializer.Deserialize(json, FleetJson.Default.StoredRollout)!;

    public string Write() => JsonSerializer.Serialize(this, FleetJson.Default.StoredRollout);

    /// <summary>Whether it says the same as another one.</summary>
    /// <param name="sameMessage">Also in the words of the reason, in which times pass.</param>
    public bool Says(StoredRollout other, bool sameMessage) =>
        (sameMessage ? Wait == other.Wait : Wait.Reason == other.Wait.Reason) && Counts.AsSpan().SequenceEqual(other.Counts.AsSpan()) && (this with { Wait = other.Wait, Counts = other.Counts }).Write() == other.Write();

    public static string Write(RolloutDevice device) => JsonSerializer.Serialize(device, FleetJson.Default.RolloutDevice);

    public static RolloutDevice ReadDevice(string json) => JsonSerializer.Deserialize(json, FleetJson.Default.RolloutDevice)!;

    /// <summary>The rollout with its devices.</summary>
    public Rollout With(IEnumerable<KeyValuePair<string, RolloutDevice>> devices) => new(Fleet, Number, Revision, CreatedAt)
    {
        State = State,
        Cause = Cause,
        HasFailed = HasFailed,
        EndedAt = EndedAt,
        Batches = Batches,
        Devices = devices.ToImmutableDictionary(StringComparer.Ordinal),
    };
}
