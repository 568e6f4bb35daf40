using System.Collections.Immutable;
using System.Text.Json.Serialization;
using EdgeOperator.Core.Kinds.SystemUpdate;
using EdgeOperator.Core.Kinds.SystemUpdate.Reboots;
using EdgeOperator.Platform.Files;

namespace EdgeOperator.Agent.Kinds.SystemUpdate;

/// <summary>What the agent itself knows of updates and the system does not show.</summary>
internal sealed record UpdateRecord
{
    /// <summary>By the names of SystemUpdates: when package lists were last fetched.</summary>
    public ImmutableSortedDictionary<string, DateTimeOffset> Refreshed { get; init; } = ImmutableSortedDictionary<string, DateTimeOffset>.Empty;

    /// <summary>By the names of SystemUpdates: see <see cref="ObservedPackages.RefreshedFor"/>.</summary>
    public ImmutableSortedDictionary<string, string> RefreshedFor { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>By the names of SystemUpdates: see <see cref="ObservedPackages.AppliedHash"/>.</summary>
    public ImmutableSortedDictionary<string, string> Applied { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    public ImmutableSortedDictionary<string, WindowOverride> Overrides { get; init; } = ImmutableSortedDictionary<string, WindowOverride>.Empty;

    /// <summary>Packages that the agent holds, and for which SystemUpdate.</summary>
    public ImmutableSortedDictionary<string, string> Held { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    public const int MostReboots = 20;

    /// <summary>The reboots that are over, the last one last; at most <see cref="MostReboots"/>.</summary>
    public ImmutableArray<DeviceReboot> Reboots { get; init => field = value.IsDefault ? [] : value; } = [];
}

/// <summary><see cref="UpdateRecord"/> on the disk. Losing it loses no more than a look at repositories and the knowledge of who holds what.</summary>
internal sealed class UpdateRecords
{
    private readonly Lock _lock = new();
    private readonly string _path;

    /// <exception cref="IOException">It can't be read.</exception>
    public UpdateRecords(string folder)
    {
        _path = Path.Combine(folder, "records.json");
        Current = StateFile.ReadEither(_path, UpdateRecordJson.Default.UpdateRecord, out _) ?? new();
    }

    public UpdateRecord Current { get; private set; }

    /// <summary>Returns when it is on the disk; writes nothing when nothing changes.</summary>
    /// <exception cref="IOException">The disk is full or failed.</exception>
    public void Change(Func<UpdateRecord, UpdateRecord> change)
    {
        lock (_lock)
        {
            var next = change(Current);
            if (ReferenceEquals(next, Current))
                return;
            PrivateFolder.Create(Path.GetDirectoryName(_path)!);
            StateFile.WriteTwice(_path, next, UpdateRecordJson.Default.UpdateRecord);
            Current = next;
        }
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(UpdateRecord))]
internal sealed partial class UpdateRecordJson : JsonSerializerContext;
