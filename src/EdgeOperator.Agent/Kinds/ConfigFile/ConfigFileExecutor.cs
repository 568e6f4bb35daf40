using EdgeOperator.Agent.Execution;
using EdgeOperator.Agent.Secrets;
using EdgeOperator.Core.Kinds.ConfigFile;
using EdgeOperator.Core.Planning;
using EdgeOperator.Core.State;
using EdgeOperator.Platform.Files;

namespace EdgeOperator.Agent.Kinds.ConfigFile;

/// <summary>
/// Writes files, puts back what was there, and runs what follows a change. Before a file is touched, its record says so
/// and its original is kept, so that the next pass can go on from wherever this one was cut off.
/// </summary>
internal sealed class ConfigFileExecutor(AllowedPaths allowed, ConfigFileStates records, FileContents contents, FileActions actions)
{
    /// <summary>Bytes of a file for which a pass would wait too long.</summary>
    private const ulong Much = 16 * 1024 * 1024;

    /// <summary>Bytes of a file that was there before; a larger one is not replaced.</summary>
    private const ulong LargestOriginal = 8UL * 1024 * 1024 * 1024;

    /// <summary>Whether a change of the file reads or copies so much that it has to be done beside the passes.</summary>
    public bool CopiesMuch(string path)
    {
        using var place = ResolvedPath.Find(allowed, path);
        return place is { Refused: null, Status.Size: > Much } || records.Originals.SizeOf(ConfigFileStates.KeyOf(path)) > (long)Much;
    }

    /// <summary>Writes the file, unless it is there already as desired: then only the record is brought up to date.</summary>
    public StepOutcome Write(ConfigFileResource resource, CancellationToken cancellation) => At(resource.File.Path, place =>
    {
        var spec = resource.File;
        var unknown = default(string);
        var owner = spec.Owner is null ? default(FileOwner?) : Accounts.Resolve(spec.Owner, out unknown);
        if (unknown is not null)
            return new StepOutcome.Terminal("UnknownOwner", $"{spec.Path}: owner {spec.Owner}: {unknown}");

        var changes = Differs(place, spec, owner);
        var known = records.Find(spec.Path);
        var (original, note) = (known?.Original, default(string));
        if (known is null && !TryRecoverOriginal(place, spec, out original, out note, cancellation))
        {
            if (place.Status is { Size: > LargestOriginal })
                return new StepOutcome.Terminal("OriginalTooLarge", $"{spec.Path} is there already with more than {LargestOriginal >> 30} GiB, which the agent would have to keep a copy of: move or delete it");
            if (place.Status is { Allocated: > Much } large && records.Originals.LackOfSpaceFor(large) is { } lack)
                return new StepOutcome.Retry(FaultAdvice.DiskFull, $"{spec.Path} is there already, and the agent has to keep a copy of it: {lack}") { Fault = Fault.Device };

            // A copy of what is as desired would be one of the secrets.
            original = records.Originals.Keep(ConfigFileStates.KeyOf(spec.Path), spec.HoldsSecrets && place.Status is not null && contents.IsAsDesired(place, spec) ? null : place, cancellation);
        }

        records.Save(new()
        {
            Path = spec.Path,
            Resource = resource.Id,
            WrittenHash = contents.HashOf(spec),
            HoldsSecrets = spec.HoldsSecrets,
            PruneDisabled = resource.PruneDisabled,
            ActionPending = spec.OnChange is not null && (changes || known is { ActionPending: true }),
            OnChange = spec.OnChange,
            Original = original,
            MadeFolders = [.. Above(spec.Path).Where(f => place.MissingFolders.Contains(f) || records.All.Any(r => r.MadeFolders.Contains(f)))],
        });
        if (changes)
        {
            place.MakeFolders();
            AtomicFile.Write(place.Access, contents.Of(spec), (UnixFileMode)spec.Mode, owner);
        }

        return new StepOutcome.Succeeded(note);
    });

    /// <summary>
    /// Puts back what was there before the agent first wrote the file, or deletes the file and the folders made for it
    /// that are empty now. What somebody else made of the file since is kept in the state directory. What follows a change of the
    /// file follows this one too.
    /// </summary>
    public async Task<StepOutcome> RestoreAsync(string path, DesiredState desired, CancellationToken cancellation)
    {
        if (records.Find(path) is not { } record)
            return new StepOutcome.Succeeded();
        var restored = Restore(path, record, cancellation);
        if (restored is not StepOutcome.Succeeded { Note: var note })
            return restored;
        var followed = record.OnChange is { } action ? await actions.RunAsync(action, desired, cancellation) : null;
        if (followed is StepOutcome.Retry or StepOutcome.Pending)
            return followed;

        // One that can never succeed does not keep the file from being forgotten.
        if (followed is StepOutcome.Terminal failed)
            note = string.Join("; ", new[] { note, $"{record.OnChange} failed: {failed.Message}" }.OfType<string>());
        return Guarded(path, e => e.Message, () =>
        {
            records.Forget(path);
            return new StepOutcome.Succeeded(note);
        });
    }

    private StepOutcome Restore(string path, ConfigFileState record, CancellationToken cancellation) => At(path, place =>
    {
        var note = KeepEdited(place, record.WrittenHash, record.HoldsSecrets, record.Original, cancellation);
        if (record.Original is { } original)
            note = PutBack(place, original, cancellation) is { } loss ? string.Join("; ", new[] { note, loss }.OfType<string>()) : note;
        else if (place.Status is not null)
            AtomicFile.Delete(place.Access);

        foreach (var folder in record.MadeFolders.Reverse())
        {
            RemoveIfEmpty(folder);
        }

        return new StepOutcome.Succeeded(note);
    });

    /// <summary>Runs the action; until that succeeds it is pending, over restarts too.</summary>
    public async Task<StepOutcome> RunAsync(RunAction step, DesiredState desired, CancellationToken cancellation)
    {
        var outcome = await actions.RunAsync(step.Action, desired, cancellation);
        if (outcome is not StepOutcome.Succeeded || records.Find(step.Path) is not { } record)
            return outcome;
        return Guarded(step.Path, e => e.Message, () =>
        {
            records.Save(record with { ActionPending = false });
            return outcome;
        });
    }

    private StepOutcome At(string path, Func<ResolvedPath, StepOutcome> act)
    {
        using var place = ResolvedPath.Find(allowed, path);
        return place.Refused is { } refusal
            ? new StepOutcome.Terminal(nameof(BlockedReason.PathRefused), $"{path} can't be managed: {refusal}")
            : Guarded(path, place.Explain, () => act(place));
    }

    private static StepOutcome Guarded(string path, Func<Exception, string> explain, Func<StepOutcome> act)
    {
        try
        {
            return act();
        }
        catch (SecretUnavailableException e)
        {
            return new StepOutcome.Retry(SecretUnavailableException.Reason, e.Message);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return IoFailure.Of(e, $"{path} can't be changed: {explain(e)}", "FileError");
        }
    }

    private bool Differs(ResolvedPath place, ConfigFileSpec spec, FileOwner? owner) =>
        place.Status is not { } status
        || (OperatingSystem.IsWindows() ? place.IsOpenDespite((UnixFileMode)spec.Mode) : (status.Mode != spec.Mode
            || status.User != (owner?.User ?? status.User) || status.Group != (owner?.Group ?? status.Group)))
        || (!spec.HoldsSecrets && status.Size != (ulong)spec.Content.Length) || !contents.IsAsDesired(place, spec);

    /// <summary>
    /// What was there before the agent wrote a file whose record is lost. What is there now may be the agent's own, so it is not
    /// taken for the original; it may also be somebody's, so it is kept.
    /// </summary>
    private bool TryRecoverOriginal(ResolvedPath place, ConfigFileSpec spec, out FileOriginal? original, out string? note, CancellationToken cancellation)
    {
        note = null;
        if (!records.Originals.TryRecover(ConfigFileStates.KeyOf(spec.Path), place.Status, out original))
            return false;
        note = KeepEdited(place, contents.HashOf(spec), spec.HoldsSecrets, original, cancellation);
        return true;
    }

    /// <returns>What could not be put back, and why; null when all was.</returns>
    private string? PutBack(ResolvedPath place, FileOriginal original, CancellationToken cancellation)
    {
        var key = ConfigFileStates.KeyOf(place.Path);
        if (records.Originals.Find(key, original) is not { } kept)
        {
            // After a crash between the restore and the record's end it is there already.
            return place.Status is not null && contents.HashAt(place, holdsSecrets: false) == original.ContentHash ? null
                : $"what was at {place.Path} before the agent wrote it is lost from the state directory, so the file stays as it is";
        }

        try
        {
            using var content = StateFile.OpenRead(kept);
            place.MakeFolders();
            AtomicFile.Write(place.Access, copy => Verify(ConfigFileStates.Copy(content, copy, cancellation), original), (UnixFileMode)original.Mode, original.Owner);
            return null;
        }
        catch (InvalidDataException)
        {
            var damaged = Path.ChangeExtension(kept, ".damaged");
            File.Move(kept, damaged, overwrite: true);
            return $"the copy of what was at {place.Path} before the agent wrote it is damaged (see {damaged}), so the file stays as it is";
        }
    }

    private static void Verify(string hash, FileOriginal original)
    {
        if (hash != original.ContentHash)
            throw new InvalidDataException("its content is not what was stored");
    }

    /// <param name="holdsSecrets">The agent has written values of secrets into it: they may still be there, and are kept nowhere else.</param>
    private string? KeepEdited(ResolvedPath place, string writtenHash, bool holdsSecrets, FileOriginal? original, CancellationToken cancellation)
    {
        if (place.Status is null || contents.HashAt(place, holdsSecrets) == writtenHash || contents.HashAt(place, holdsSecrets: false) is var now && now == original?.ContentHash)
            return null;
        if (holdsSecrets)
            return $"{place.Path} had been changed by somebody else; that version is not kept, because it may hold secrets";
        using var content = place.OpenRead();
        return $"{place.Path} had been changed by somebody else; that version is kept as {records.SaveEdited(place.Path, now, content, cancellation)}";
    }

    private void RemoveIfEmpty(string folder)
    {
        using var place = ResolvedPath.Find(allowed, folder);
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
