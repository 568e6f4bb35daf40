using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;
using EdgeOperator.Core.Kinds.EdgeModule;
using EdgeOperator.Platform.Files;

namespace EdgeOperator.Agent.Kinds.EdgeModule;

/// <summary>
/// Which containers of an engine are the agent's own, and what could be changed of them behind its back as it was at first. Labels
/// alone prove nothing: <c>docker commit</c> and tools that duplicate containers copy them. So a container counts by its id, which is
/// recorded when it is created; one that was created and not recorded (a crash, a state directory from a backup) counts by a label
/// that is signed for its name with a key that only the state directory holds.
/// </summary>
/// <remarks>
/// Losing the file loses nothing: as with containers of versions that kept none, what carries the owner's labels when an engine is
/// first observed is the agent's.
/// </remarks>
internal sealed class ContainerRecords
{
    /// <summary>How many containers that are no more stay recorded: for a copy of their labels, and for an engine that comes back.</summary>
    private const int MostGone = 500;

    private readonly string? _file;
    private readonly Lock _lock = new();
    private ContainerRecordsFile _content;
    private readonly HashSet<string> _refused = [];
    private bool _isChanged;

    /// <param name="machine">The virtual machine whose engine it is; null for the host's.</param>
    /// <param name="readOnly">Learn nothing for good: another process keeps the file.</param>
    public ContainerRecords(string stateDirectory, string? machine = null, bool readOnly = false)
    {
        var file = Path.Combine(stateDirectory, machine is null ? "containers.json" : $"containers.{machine}.json");
        _file = readOnly ? null : file;
        _content = Read(file) ?? new(RandomNumberGenerator.GetBytes(32), IsSettled: false, ImmutableDictionary<string, ContainerRecord>.Empty, []);
    }

    /// <summary>The label of a new container.</summary>
    /// <param name="name">The container's name.</param>
    public string NewInstance(string name)
    {
        var nonce = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));
        return $"{nonce}.{Signature(nonce, name)}";
    }

    /// <summary>Whether a container that carries the owner's labels is the agent's own.</summary>
    /// <param name="name">The container's name.</param>
    /// <param name="instance">Its label; null when it has none.</param>
    /// <param name="isInherited">Whether its labels are those of its image, as after <c>docker commit</c>.</param>
    public bool Owns(string id, string? name, string? instance, bool isInherited)
    {
        lock (_lock)
        {
            return _content.Containers.ContainsKey(id)
                || (!isInherited
                    && (!_content.IsSettled || IsSigned(instance, name))
                    && (instance is null || !_content.Containers.Values.Any(known => known.Instance == instance)));
        }
    }

    /// <summary>Notes a container as the agent's own; returns when that is on the disk.</summary>
    /// <exception cref="IOException">The file can't be written.</exception>
    public void Add(string id, string? instance)
    {
        lock (_lock)
        {
            Change(id, _content.Containers.GetValueOrDefault(id) ?? new(instance, null));
            Save();
        }
    }

    /// <summary>What of a container's settings differs from what it was created with, as far as that is known.</summary>
    /// <param name="actual">As they are now: <see cref="ContainerLimits"/>.</param>
    /// <param name="created">Says what a container of an earlier version of the agent was created with.</param>
    public ImmutableArray<ChangedSetting> ChangesOf(
        string id,
        string? instance,
        ImmutableSortedDictionary<string, string> actual,
        Func<ImmutableSortedDictionary<string, string>> created)
    {
        lock (_lock)
        {
            var known = _content.Containers.GetValueOrDefault(id);
            var limits = known is null ? created() : known.Limits ?? actual;
            Change(id, (known ?? new(instance, null)) with { Limits = limits });
            if (ReferenceEquals(limits, actual))
                return [];
            return
            [
                .. limits.Keys.Union(actual.Keys).Order(StringComparer.Ordinal)
                    .Select(name => new ChangedSetting(name, limits.GetValueOrDefault(name), actual.GetValueOrDefault(name)) { IsRefused = _refused.Contains(id) })
                    .Where(setting => setting.Created != setting.Actual),
            ];
        }
    }

    /// <summary>Notes that the engine can't change a container's settings back.</summary>
    public void Refuse(string id)
    {
        lock (_lock)
        {
            _refused.Add(id);
        }
    }

    /// <summary>Ends an observation of the whole engine: keeps what was learnt, and forgets containers that have long been gone.</summary>
    /// <param name="present">The ids of all containers.</param>
    /// <exception cref="IOException">The file can't be written.</exception>
    public void Settle(IReadOnlySet<string> present)
    {
        lock (_lock)
        {
            ImmutableArray<string> gone =
            [
                .. _content.Gone.Where(id => !present.Contains(id)),
                .. _content.Containers.Keys.Where(id => !present.Contains(id)).Except(_content.Gone),
            ];
            var forgotten = gone.Take(gone.Length - MostGone).ToList();
            if (!_content.IsSettled || !gone.SequenceEqual(_content.Gone))
            {
                _content = _content with { IsSettled = true, Containers = _content.Containers.RemoveRange(forgotten), Gone = gone.RemoveRange(0, forgotten.Count) };
                _isChanged = true;
            }

            _refused.IntersectWith(present);
            Save();
        }
    }

    private void Change(string id, ContainerRecord record)
    {
        if (_content.Containers.GetValueOrDefault(id) == record)
            return;
        _content = _content with { Containers = _content.Containers.SetItem(id, record) };
        _isChanged = true;
    }

    private void Save()
    {
        if (!_isChanged || _file is null)
            return;
        Directory.CreateDirectory(Path.GetDirectoryName(_file)!);
        StateFile.Write(_file, _content, ContainerRecordsJson.Default.ContainerRecordsFile);
        _isChanged = false;
    }

    private bool IsSigned(string? instance, string? name) =>
        name is not null && instance?.Split('.') is [var nonce, var signature]
        && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(signature), Encoding.UTF8.GetBytes(Signature(nonce, name)));

    private string Signature(string nonce, string name) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(_content.Key, Encoding.UTF8.GetBytes($"{nonce} {ContainerNames.Own(name)}")))[..32];

    private static ContainerRecordsFile? Read(string file)
    {
        try
        {
            return StateFile.Read(file, ContainerRecordsJson.Default.ContainerRecordsFile, out _) is { Key.Length: 32, Gone.IsDefault: false } content ? content : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}

/// <param name="Key">Signs labels.</param>
/// <param name="IsSettled">The engine was observed once: what is not recorded and not signed since is somebody else's.</param>
/// <param name="Containers">By their ids.</param>
/// <param name="Gone">Ids of those that are no more, the longest gone first.</param>
internal sealed record ContainerRecordsFile(byte[] Key, bool IsSettled, ImmutableDictionary<string, ContainerRecord> Containers, ImmutableArray<string> Gone);

/// <param name="Limits">Null until they were seen.</param>
internal sealed record ContainerRecord(string? Instance, ImmutableSortedDictionary<string, string>? Limits);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(ContainerRecordsFile))]
internal sealed partial class ContainerRecordsJson : JsonSerializerContext;
