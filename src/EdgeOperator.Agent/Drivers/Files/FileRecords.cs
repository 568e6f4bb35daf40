using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using EdgeOperator.Platform.Files;
using Microsoft.Extensions.Logging;

namespace EdgeOperator.Agent.Drivers.Files;

/// <summary>
/// The records of all files that the agent has written, each in <c>files/&lt;hash of path&gt;.json</c> of the state
/// directory with the file's backup beside it. On the disk before the file is touched: whatever then happens, what was
/// there can be put back. Nothing is written before that, so that a preview may read them beside a running agent.
/// </summary>
internal sealed partial class FileRecords
{
    private readonly string _folder;
    private readonly ILogger _logger;
    private readonly ConcurrentDictionary<string, FileRecord> _records = new(StringComparer.Ordinal);

    public FileRecords(string stateDirectory, ILogger logger)
    {
        _folder = Path.Combine(stateDirectory, "files");
        _logger = logger;
        foreach (var file in Directory.Exists(_folder) ? Directory.EnumerateFiles(_folder, "*.json") : [])
        {
            Load(file);
        }
    }

    public IEnumerable<FileRecord> All => _records.Values;

    public FileRecord? Find(string path) => _records.GetValueOrDefault(path);

    /// <summary>Returns when the record is on the disk; an unchanged record costs nothing.</summary>
    public void Save(FileRecord record)
    {
        if (Find(record.Path) is { } known && known with { MadeFolders = record.MadeFolders } == record && known.MadeFolders.SequenceEqual(record.MadeFolders))
            return;
        PrivateFolder.Create(_folder);
        AtomicFile.Write(FileOf(record.Path, "json"), JsonSerializer.SerializeToUtf8Bytes(record, FileRecordJson.Default.FileRecord));
        _records[record.Path] = record;
    }

    /// <summary>Keeps a copy of a file's content; returns its SHA-256 in lower-case hex when the copy is on the disk.</summary>
    public string SaveBackup(string path, Stream content, CancellationToken cancellation) => Copy(content, FileOf(path, "original"), cancellation);

    /// <summary>Bytes; 0 when there is none.</summary>
    public long SizeOfBackup(string path) => new FileInfo(FileOf(path, "original")) is { Exists: true } file ? file.Length : 0;

    public Stream OpenBackup(string path) => File.OpenRead(FileOf(path, "original"));

    /// <summary>Keeps what somebody made of a file that is about to be put back, and returns where.</summary>
    public string SaveEdited(string path, Stream content, CancellationToken cancellation)
    {
        var kept = FileOf(path, "edited");
        Copy(content, kept, cancellation);
        return kept;
    }

    public void Forget(string path)
    {
        // The record first: a backup without one is replaced by the next, a record without a backup would restore nothing.
        AtomicFile.Delete(FileOf(path, "json"));
        _records.TryRemove(path, out _);
        AtomicFile.Delete(FileOf(path, "original"));
    }

    /// <returns>The SHA-256 of what was copied.</returns>
    public static byte[] Copy(Stream from, Stream to, CancellationToken cancellation)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[64 * 1024];
        for (int read; (read = from.Read(buffer)) > 0;)
        {
            cancellation.ThrowIfCancellationRequested();
            hash.AppendData(buffer, 0, read);
            to.Write(buffer, 0, read);
        }

        return hash.GetHashAndReset();
    }

    private string Copy(Stream content, string to, CancellationToken cancellation)
    {
        PrivateFolder.Create(_folder);
        byte[] hash = [];
        AtomicFile.Write(to, copy => hash = Copy(content, copy, cancellation));
        return Convert.ToHexStringLower(hash);
    }

    private string FileOf(string path, string extension) =>
        Path.Combine(_folder, $"{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(path)))[..32]}.{extension}");

    private void Load(string file)
    {
        try
        {
            if (JsonSerializer.Deserialize(File.ReadAllBytes(file), FileRecordJson.Default.FileRecord) is not { } record)
                throw new JsonException("The file is empty.");
            _records[record.Path] = record.MadeFolders.IsDefault ? record with { MadeFolders = [] } : record;
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            LogDamaged(file, e.Message);
        }
    }
}
