using EdgeOperator.Agent.Execution;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Planning;
using EdgeOperator.Platform.Files;

namespace EdgeOperator.Agent.Drivers.Files;

/// <summary>
/// Writes files, puts back what was there, and runs what follows a change. Before a file is touched, its record says so
/// and its original is kept, so that the next pass can go on from wherever this one was cut off.
/// </summary>
internal sealed class FileExecutor(AllowedPaths allowed, FileRecords records, ContentHashes hashes, FileActions actions)
{
    /// <summary>Bytes of a file for which a pass would wait too long.</summary>
    private const ulong Much = 16 * 1024 * 1024;

    /// <summary>Bytes of a file that was there before; a larger one is not replaced.</summary>
    private const ulong LargestOriginal = 8UL * 1024 * 1024 * 1024;

    /// <summary>Whether a change of the file reads or copies so much that it has to be done beside the passes.</summary>
    public bool CopiesMuch(string path)
    {
        using var place = FilePlace.Find(allowed, path);
        return place is { Refused: null, Status.Size: > Much } || records.Find(path) is { Original: not null } && records.SizeOfBackup(path) > (long)Much;
    }

    /// <summary>Writes the file, unless it is there already as desired: then only the record is brought up to date.</summary>
    public StepOutcome Write(FileResource resource, CancellationToken cancellation) => At(resource.File.Path, place =>
    {
        var spec = resource.File;
        var unknown = default(string);
        var owner = spec.Owner is null ? default(FileOwner?) : Accounts.Resolve(spec.Owner, out unknown);
        if (unknown is not null)
            return new StepOutcome.Terminal("UnknownOwner", $"{spec.Path}: owner {spec.Owner}: {unknown}");

        var changes = Differs(place, spec, owner);
        var known = records.Find(spec.Path);
        if (known is null && place.Status is { Size: > LargestOriginal })
            return new StepOutcome.Terminal("OriginalTooLarge", $"{spec.Path} is there already with more than {LargestOriginal >> 30} GiB, which the agent would have to keep a copy of: move or delete it");
        records.Save(new()
        {
            Path = spec.Path,
            Resource = resource.Id,
            WrittenHash = spec.ContentHash,
            PruneDisabled = resource.PruneDisabled,
            ActionPending = spec.OnChange is not null && (changes || known is { ActionPending: true }),
            Original = known is null ? Backup(place, cancellation) : known.Original,
            MadeFolders = [.. Above(spec.Path).Where(f => place.MissingFolders.Contains(f) || records.All.Any(r => r.MadeFolders.Contains(f)))],
        });
        if (changes)
        {
            place.MakeFolders();
            AtomicFile.Write(place.Access, spec.Content, (UnixFileMode)spec.Mode, owner);
        }

        return new StepOutcome.Succeeded();
    });

    /// <summary>
    /// Puts back what was there before the agent first wrote the file, or deletes the file and the folders made for it
    /// that are empty now. What somebody else made of the file since is kept in the state directory.
    /// </summary>
    public StepOutcome Restore(string path, CancellationToken cancellation) => records.Find(path) is not { } record ? new StepOutcome.Succeeded() : At(path, place =>
    {
        var note = KeepEdited(place, record, cancellation);
        if (record.Original is { } original)
        {
            using var backup = records.OpenBackup(path);
            place.MakeFolders();
            AtomicFile.Write(place.Access, copy => FileRecords.Copy(backup, copy, cancellation), (UnixFileMode)original.Mode, original.Owner);
        }
        else if (place.Status is not null)
        {
            AtomicFile.Delete(place.Access);
        }

        foreach (var folder in record.MadeFolders.Reverse())
        {
            RemoveIfEmpty(folder);
        }

        records.Forget(path);
        return new StepOutcome.Succeeded(note);
    });

    /// <summary>Runs the action; until that succeeds it is pending, over restarts too.</summary>
    public async Task<StepOutcome> RunAsync(RunAction step, CancellationToken cancellation)
    {
        var outcome = await actions.RunAsync(step.Action, cancellation);
        if (outcome is not StepOutcome.Succeeded || records.Find(step.Path) is not { } record)
            return outcome;
        return Guarded(step.Path, e => e.Message, () =>
        {
            records.Save(record with { ActionPending = false });
            return outcome;
        });
    }

    private StepOutcome At(string path, Func<FilePlace, StepOutcome> act)
    {
        using var place = FilePlace.Find(allowed, path);
        return place.Refused is { } refusal
            ? new StepOutcome.Terminal(HoldReason.PathRefused, $"{path} can't be managed: {refusal}")
            : Guarded(path, place.Explain, () => act(place));
    }

    private static StepOutcome Guarded(string path, Func<Exception, string> explain, Func<StepOutcome> act)
    {
        try
        {
            return act();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return IoFailure.Of(e, $"{path} can't be changed: {explain(e)}", "FileError");
        }
    }

    private bool Differs(FilePlace place, FileSpec spec, FileOwner? owner) =>
        place.Status is not { } status
        || (!OperatingSystem.IsWindows() && (status.Mode != spec.Mode
            || status.User != (owner?.User ?? status.User) || status.Group != (owner?.Group ?? status.Group)))
        || status.Size != (ulong)spec.Content.Length || hashes.Of(place) != spec.ContentHash;

    private FileOriginal? Backup(FilePlace place, CancellationToken cancellation)
    {
        if (place.Status is not { } status)
            return null;
        using var content = place.OpenRead();
        return new(records.SaveBackup(place.Path, content, cancellation), status.Mode, status.User, status.Group);
    }

    private string? KeepEdited(FilePlace place, FileRecord record, CancellationToken cancellation)
    {
        if (place.Status is null || hashes.Of(place) is var now && (now == record.WrittenHash || now == record.Original?.ContentHash))
            return null;
        using var content = place.OpenRead();
        return $"{record.Path} had been changed by somebody else; that version is kept as {records.SaveEdited(record.Path, content, cancellation)}";
    }

    private void RemoveIfEmpty(string folder)
    {
        using var place = FilePlace.Find(allowed, folder);
        try
        {
            if (place.Status is { IsFolder: true } && !Directory.EnumerateFileSystemEntries(place.Access).Any())
                Directory.Delete(place.Access);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // An empty folder that stays harms nobody.
        }
    }

    private static Stack<string> Above(string path)
    {
        var folders = new Stack<string>();
        for (var folder = Path.GetDirectoryName(path); folder is not null; folder = Path.GetDirectoryName(folder))
        {
            folders.Push(folder);
        }

        return folders;
    }
}
