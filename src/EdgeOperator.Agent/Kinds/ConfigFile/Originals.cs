using System.Collections.Concurrent;
using System.Globalization;
using EdgeOperator.Platform.Files;

namespace EdgeOperator.Agent.Kinds.ConfigFile;

/// <summary>
/// What was at the files' paths before the agent first wrote them. Each lies in a file that is named by its content's hash, its
/// mode and its owner, so that it needs no record to be put back as it was, and no other content ever takes its place. That
/// nothing was there is remembered by an empty file.
/// </summary>
internal sealed class Originals
{
    private const string Extension = ".original";
    private const string Absent = "absent";

    /// <summary>Bytes that a large copy leaves free, since everything else in the state directory needs some.</summary>
    private const long LeftToOthers = 64 * 1024 * 1024;

    private readonly string _folder;

    /// <summary>The keys of paths whose original is kept; asked in each pass.</summary>
    private readonly ConcurrentDictionary<string, bool> _kept = new(StringComparer.Ordinal);

    public Originals(string folder)
    {
        _folder = folder;
        foreach (var file in Directory.Exists(_folder) ? Directory.GetFiles(_folder, $"*{Extension}") : [])
            _kept[Path.GetFileName(file).Split('.')[0]] = true;
    }

    /// <param name="key">See <see cref="ConfigFileStates.KeyOf"/>.</param>
    public bool Has(string key) => _kept.ContainsKey(key);

    /// <summary>Returns when a copy of what is at the place, or the note that nothing is, is on the disk.</summary>
    /// <param name="place">Null for nothing, whatever is there.</param>
    /// <exception cref="IOException">It can't be read, or the disk is full or failed.</exception>
    public FileOriginal? Keep(string key, ResolvedPath? place, CancellationToken cancellation)
    {
        PrivateFolder.Create(_folder);
        FileOriginal? original = null;
        if (place?.Status is { } status)
        {
            var incoming = Path.Combine(_folder, $"{key}.incoming");
            using (var content = place.OpenRead())
                original = new(ConfigFileStates.CopyTo(incoming, content, cancellation), status.Mode, status.User, status.Group);
            File.Move(incoming, PathOf(key, original), overwrite: true);
            AtomicFile.SyncFolder(_folder);
        }
        else
        {
            AtomicFile.Write(PathOf(key, null), ReadOnlyMemory<byte>.Empty);
        }

        _kept[key] = true;
        return original;
    }

    /// <summary>Why a copy of the file is not begun: it would leave too little space to others on the state directory's disk. Null when there is enough.</summary>
    /// <exception cref="IOException">The disk can't be asked.</exception>
    public string? LackOfSpaceFor(FileStatus file)
    {
        PrivateFolder.Create(_folder);
        var available = new DriveInfo(_folder).AvailableFreeSpace;
        return available >= (long)file.Allocated + LeftToOthers ? null
            : $"it takes {file.Allocated >> 20} MiB, and of the {available >> 20} MiB that {_folder} has left {LeftToOthers >> 20} MiB are reserved";
    }

    /// <summary>What is kept for a path whose record is lost. Reads the content: nothing is put back that is not whole.</summary>
    /// <param name="current">What is at the path now.</param>
    /// <param name="original">Null when nothing was there.</param>
    /// <returns>False when nothing usable is kept.</returns>
    public bool TryRecover(string key, FileStatus? current, out FileOriginal? original)
    {
        NameVersion0(key, current);
        foreach (var file in Files(key).OrderByDescending(File.GetLastWriteTimeUtc))
        {
            if (FileStatus.Of(file) is { IsFile: true } && Parse(file, out original) && (original is null || ConfigFileStates.HashOf(file) == original.ContentHash))
                return true;
        }

        original = null;
        return false;
    }

    /// <summary>The file with the content; null when it is lost.</summary>
    public string? Find(string key, FileOriginal original) =>
        new[] { PathOf(key, original), PathOfVersion0(key) }.FirstOrDefault(File.Exists);

    /// <summary>Bytes of the largest that is kept; 0 when there is none.</summary>
    public long SizeOf(string key) => Files(key).Append(PathOfVersion0(key)).Select(f => new FileInfo(f)).Where(f => f.Exists).Select(f => f.Length).DefaultIfEmpty().Max();

    public void Delete(string key)
    {
        foreach (var file in Files(key).Append(PathOfVersion0(key)).Append(Path.Combine(_folder, $"{key}.incoming")).Where(File.Exists))
            File.Delete(file);
        if (Directory.Exists(_folder))
            AtomicFile.SyncFolder(_folder);
        _kept.TryRemove(key, out _);
    }

    /// <summary>
    /// Version 0 named an original by its path alone and had mode and owner in the record only. With the record lost, those of the file
    /// that has replaced it are the best guess.
    /// </summary>
    private void NameVersion0(string key, FileStatus? current)
    {
        var version0 = PathOfVersion0(key);
        if (FileStatus.Of(version0) is not { IsFile: true })
            return;
        var original = new FileOriginal(ConfigFileStates.HashOf(version0), current?.Mode ?? (int)AtomicFile.Private, current?.User ?? 0, current?.Group ?? 0);
        File.Move(version0, PathOf(key, original), overwrite: true);
        AtomicFile.SyncFolder(_folder);
    }

    private static bool Parse(string file, out FileOriginal? original)
    {
        original = null;
        var parts = Path.GetFileName(file).Split('.');
        if (parts is [_, Absent, _])
            return true;
        if (parts is not [_, var hash, var mode, var user, var group, _]
            || !uint.TryParse(user, NumberStyles.None, CultureInfo.InvariantCulture, out var userId)
            || !uint.TryParse(group, NumberStyles.None, CultureInfo.InvariantCulture, out var groupId)
            || !mode.All(c => c is >= '0' and <= '7') || mode.Length is 0 or > 6)
            return false;
        original = new(hash, Convert.ToInt32(mode, 8), userId, groupId);
        return true;
    }

    private string PathOf(string key, FileOriginal? original) => Path.Combine(_folder, original is null
        ? $"{key}.{Absent}{Extension}"
        : string.Create(CultureInfo.InvariantCulture, $"{key}.{original.ContentHash}.{Convert.ToString(original.Mode, 8)}.{original.User}.{original.Group}{Extension}"));

    private string PathOfVersion0(string key) => Path.Combine(_folder, key + Extension);

    private string[] Files(string key) => Directory.Exists(_folder) ? Directory.GetFiles(_folder, $"{key}.*{Extension}") : [];
}
