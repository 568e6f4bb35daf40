using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using EdgeOperator.Platform.Files;
using Microsoft.Extensions.Logging;

namespace EdgeOperator.Agent.Kinds.ConfigFile;

/// <summary>
/// The records of all files that the agent has written, each twice in <c>files/</c> of the state directory, as
/// <c>&lt;key&gt;.json</c> and <c>&lt;key&gt;.json.copy</c>, with what was there before beside them (<see cref="Originals"/>). On the disk
/// before the file is touched: whatever then happens, what was there can be put back. Nothing is written before that, so that a
/// preview may read them beside a running agent.
/// </summary>
internal sealed partial class ConfigFileStates
{
    private const string Extension = ".json";

    private readonly string _folder;
    private readonly ILogger _logger;
    private readonly ConcurrentDictionary<string, ConfigFileState> _records = new(StringComparer.Ordinal);

    /// <summary>Paths of which one of the two records is missing or damaged.</summary>
    private readonly ConcurrentDictionary<string, bool> _damaged = new(StringComparer.Ordinal);

    public ConfigFileStates(string stateDirectory, ILogger logger)
    {
        _folder = Path.Combine(stateDirectory, "files");
        _logger = logger;
        Originals = new(_folder);
        foreach (var key in Keys().ToHashSet())
            Load(key);
    }

    public Originals Originals { get; }

    public IEnumerable<ConfigFileState> All => _records.Values;

    /// <summary>By what a path's record and original are named.</summary>
    public static string KeyOf(string path) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(path)))[..32];

    public ConfigFileState? Find(string path) => _records.GetValueOrDefault(path);

    /// <summary>Whether the record has to be written again: one of its copies is damaged, or both are and the original is left.</summary>
    public bool IsDamaged(string path) => _damaged.ContainsKey(path) || (Find(path) is null && Originals.Has(KeyOf(path)));

    /// <summary>Returns when the record is on the disk; an unchanged record costs nothing.</summary>
    /// <exception cref="IOException">The disk is full or failed.</exception>
    public void Save(ConfigFileState record)
    {
        if (!_damaged.ContainsKey(record.Path) && Find(record.Path) is { } known
            && known with { MadeFolders = record.MadeFolders } == record && known.MadeFolders.SequenceEqual(record.MadeFolders))
            return;
        PrivateFolder.Create(_folder);

        _damaged[record.Path] = true;
        StateFile.WriteTwice(FileOf(record.Path), record, ConfigFileStateJson.Default.ConfigFileState);
        _records[record.Path] = record;
        _damaged.TryRemove(record.Path, out _);
    }

    /// <summary>Keeps what somebody made of a file that is about to be changed, and returns where.</summary>
    /// <param name="hash">The content's; another version does not take its place.</param>
    public string SaveEdited(string path, string hash, Stream content, CancellationToken cancellation)
    {
        PrivateFolder.Create(_folder);
        var kept = Path.Combine(_folder, $"{KeyOf(path)}.{hash}.edited");
        CopyTo(kept, content, cancellation);
        return kept;
    }

    public void Forget(string path)
    {
        // The originals first: one without a record would be taken for that of a record that was lost.
        Originals.Delete(KeyOf(path));
        StateFile.DeleteBoth(FileOf(path));
        _records.TryRemove(path, out _);
        _damaged.TryRemove(path, out _);
    }

    /// <summary>Copies to an empty file; zeros become holes, so that a copy takes no more space than a sparse file does.</summary>
    /// <returns>The SHA-256 of what was copied, in lower-case hex.</returns>
    public static string Copy(Stream from, Stream to, CancellationToken cancellation)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[64 * 1024];
        for (int read; (read = from.Read(buffer)) > 0;)
        {
            cancellation.ThrowIfCancellationRequested();
            hash.AppendData(buffer, 0, read);
            if (buffer.AsSpan(0, read).ContainsAnyExcept((byte)0))
                to.Write(buffer, 0, read);
            else
                to.Seek(read, SeekOrigin.Current);
        }

        to.SetLength(to.Position);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <inheritdoc cref="Copy"/>
    public static string CopyTo(string path, Stream content, CancellationToken cancellation)
    {
        var hash = "";
        AtomicFile.Write(path, copy => hash = Copy(content, copy, cancellation));
        return hash;
    }

    public static string HashOf(string file)
    {
        using var content = StateFile.OpenRead(file);
        return Convert.ToHexStringLower(SHA256.HashData(content));
    }

    private string FileOf(string path) => Path.Combine(_folder, $"{KeyOf(path)}{Extension}");

    private IEnumerable<string> Keys() => Directory.Exists(_folder)
        ? Directory.EnumerateFileSystemEntries(_folder).Select(Path.GetFileName).Where(name => name!.EndsWith(Extension, StringComparison.Ordinal) || name.EndsWith(StateFile.CopyOf(Extension), StringComparison.Ordinal)).Select(name => name!.Split('.')[0])
        : [];

    private void Load(string key)
    {
        var file = Path.Combine(_folder, key + Extension);
        try
        {
            var record = StateFile.ReadEither(file, ConfigFileStateJson.Default.ConfigFileState, out var damage);
            if (record is not null && KeyOf(record.Path) != key)
                (record, damage) = (null, "it is another file's");
            if (damage is not null)
                LogDamaged(file, damage);
            if (record is null)
                return;
            _records[record.Path] = record.MadeFolders.IsDefault ? record with { MadeFolders = [] } : record;
            if (damage is not null)
                _damaged[record.Path] = true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogDamaged(file, e.Message);
        }
    }
}
