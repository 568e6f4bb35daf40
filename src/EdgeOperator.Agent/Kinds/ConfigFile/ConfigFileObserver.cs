using System.Runtime.Versioning;
using EdgeOperator.Core.Kinds.ConfigFile;
using EdgeOperator.Core.State;
using EdgeOperator.Platform.Files;

namespace EdgeOperator.Agent.Kinds.ConfigFile;

/// <summary>Reads every file that is desired or that the agent has written.</summary>
internal sealed class ConfigFileObserver(AllowedPaths allowed, ConfigFileStates records, FileContents contents)
{
    /// <summary>Bytes.</summary>
    private const ulong LargestRead = 128 * 1024 * 1024;

    /// <summary>0644.</summary>
    private const int ForAll = 0b110_100_100;

    public ObservedState Observe(ObservedState observed, DesiredState desired, CancellationToken cancellation)
    {
        var files = observed.Files.ToBuilder();
        foreach (var file in desired.Files)
        {
            cancellation.ThrowIfCancellationRequested();
            files[file.File.Path] = Observe(file.File.Path, file.File);
        }

        foreach (var record in records.All.Where(r => !files.ContainsKey(r.Path)))
        {
            cancellation.ThrowIfCancellationRequested();
            files[record.Path] = Observe(record.Path, desired: null);
        }

        contents.Keep(files.Keys.ToHashSet(StringComparer.Ordinal), desired.Files.Select(file => file.File));
        return observed with { Files = files.ToImmutable() };
    }

    private ObservedConfigFile Observe(string path, ConfigFileSpec? desired)
    {
        using var place = ResolvedPath.Find(allowed, path);
        var record = records.Find(path);
        var observed = new ObservedConfigFile
        {
            Path = path,
            Refused = place.Refused,
            WrittenFor = record?.Resource,
            PruneDisabled = record?.PruneDisabled ?? false,
            RecordDamaged = records.IsDamaged(path),
            ActionPending = record?.ActionPending ?? false,
        };
        if (place.Refused is not null || place.Status is not { } status)
            return observed;

        try
        {
            return observed with
            {
                Exists = true,

                // What is there can't be what is desired, and reading it would hold up the pass.
                ContentHash = status.Size > LargestRead && status.Size != (ulong?)desired?.Content.Length ? "" : contents.Observe(place, desired, record),
                Mode = OperatingSystem.IsWindows() ? WindowsMode(place, desired) : status.Mode,
                OwnerMatches = desired?.Owner is not { } owner || Matches(owner, status),

                // The file's own time rather than the record's, which is made before the write.
                WrittenAt = record is null ? null : status.Changed,
            };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return observed with { Exists = true, Refused = place.Explain(e) };
        }
    }

    /// <summary>Windows has no mode: it is as desired, but for what others can reach though they should not.</summary>
    [SupportedOSPlatform("windows")]
    private static int WindowsMode(ResolvedPath place, ConfigFileSpec? desired) =>
        desired is null ? 0 : place.IsOpenDespite((UnixFileMode)desired.Mode) ? ForAll : desired.Mode;

    private static bool Matches(string owner, FileStatus status) =>
        OperatingSystem.IsWindows()
        || (Accounts.Resolve(owner, out var unknown) is var desired && unknown is null
            && status.User == (desired.User ?? status.User) && status.Group == (desired.Group ?? status.Group));
}
