using EdgeOperator.Core.Artifacts;
using EdgeOperator.Core.Fleets;
using EdgeOperator.Git;
using EdgeOperator.Hub.Events;
using EdgeOperator.Hub.Fleets;
using EdgeOperator.Hub.Storage;

namespace EdgeOperator.Hub.Repositories;

/// <summary>
/// Fetches one repository, and has the hub be as its commit says: its fleets, and what their devices are to be at. A commit that can't be
/// read as a whole changes nothing.
/// </summary>
internal sealed class RepositorySync(
    RepositoryCatalog catalog, RepositoryStates states, RepositoryFleets fleets, FleetCatalog allFleets, FleetRevisions revisions, FolderArtifacts artifacts, FleetController controller, HubEvents events, TimeProvider time)
{
    /// <summary>Changes when the same commit might be read otherwise.</summary>
    private static readonly string Version = typeof(RepositorySync).Assembly.ManifestModule.ModuleVersionId.ToString("N");

    /// <exception cref="StoreException">The store can't be used.</exception>
    public async Task SyncAsync(StoredRepository repository, RepositoryMirrors mirrors, SyncCause cause, LeadershipTerm term, CancellationToken cancellation)
    {
        var before = await states.ReadAsync(repository.Name, cancellation);
        var found = await TryAsync(repository, mirrors, before, term, cancellation);
        var now = time.GetUtcNow();
        var after = await states.ChangeAsync(repository.Name, stored => Merge(stored, before, found, cause, now), term, cancellation);
        if (after is null)
            return;
        controller.Wake();
        Tell(repository.Name, before, after);
    }

    private async Task<RepositoryState> TryAsync(StoredRepository repository, RepositoryMirrors mirrors, RepositoryState before, LeadershipTerm term, CancellationToken cancellation)
    {
        try
        {
            if (catalog.Refusal(repository.Repository) is { } refusal)
                throw new FetchException(FetchReasons.Refused, refusal);
            var mirror = mirrors.Of(repository);
            await mirror.FetchAsync(cancellation);
            try
            {
                return await ReadAsync(repository, mirror, before, term, cancellation);
            }
            catch (FetchException e) when (e.Reason == FetchReasons.Corrupt)
            {
                await mirror.FetchAnewAsync(cancellation);
                return await ReadAsync(repository, mirror, before, term, cancellation);
            }
        }
        catch (FetchException e)
        {
            return before with { IsReady = false, Reason = e.Reason, Message = e.Message };
        }
    }

    private async Task<RepositoryState> ReadAsync(StoredRepository repository, RepositoryMirror mirror, RepositoryState before, LeadershipTerm term, CancellationToken cancellation)
    {
        var git = repository.Repository.Git;
        var trust = new RepositoryTrust(git, mirror, time);
        var target = mirror.Find(git.Ref);
        var state = await trust.CheckAsync(before, git.Ref, target, cancellation);
        var facts = mirror.Describe(target.Commit);
        string? taken = null;
        var under = $"{repository.ETag} {Version}";
        if (before.Commit != target.Commit || before.ReadUnder != under || before.IsReady != true)
        {
            var wanted = RepositoryFleets.Read(mirror.ReadManifests(target.Commit, git.Path), repository.Name);
            var removals = await fleets.RemovalsAsync(wanted, repository.Name, cancellation);
            if (removals.ApprovalReason is { } reason && before.Approved != target.Commit)
                return before with { IsReady = false, Reason = "ApprovalNeeded", Message = $"{target.Display} ({facts.Subject}) waits: {reason}", Pending = target.Commit };
            taken = await fleets.ApplyAsync(wanted, repository.Name, git.Path, term, cancellation);
        }

        var (failed, verified) = await ReviseAsync(repository, mirror, trust, target, state, term, cancellation);
        state = verified with { Commit = target.Commit, Display = target.Display, Subject = facts.Subject, Author = facts.Author, CommittedAt = facts.At, Pending = null, Approved = null, AllowRewind = false, ReadUnder = under };
        return (taken, failed) switch
        {
            ({ } conflict, _) => state with { IsReady = false, Reason = "Conflict", Message = conflict },
            (_, { } problem) => state with { IsReady = false, Reason = "FleetFailed", Message = problem },
            _ => state with { IsReady = true, Reason = "Synced", Message = $"at {target.Display}: {facts.Subject}", SyncedAt = time.GetUtcNow() },
        };
    }

    /// <summary>Makes of each fleet's folder what its devices are to be at.</summary>
    /// <returns>For which fleets that failed; null for none.</returns>
    private async Task<(string? Failed, RepositoryState State)> ReviseAsync(
        StoredRepository repository, RepositoryMirror mirror, RepositoryTrust trust, RemoteRef target, RepositoryState state, LeadershipTerm term, CancellationToken cancellation)
    {
        var failed = new List<string>();
        var known = await revisions.AllAsync(cancellation);
        await foreach (var fleet in allFleets.AllAsync(cancellation))
        {
            FleetSource source;
            try
            {
                source = fleet.Fleet.Source;
            }
            catch (InvalidDataException)
            {
                continue;
            }

            if (source.Repository != repository.Name)
                continue;
            var before = known.GetValueOrDefault(fleet.Name) is { } kept && kept.Source == FleetRevisionState.SourceOf(source) ? kept : new(FleetRevisionState.SourceOf(source));
            var after = before;
            try
            {
                var its = target;
                if (source.Ref is { } wanted)
                {
                    its = mirror.Find(wanted.ToGitRef());
                    state = await trust.CheckAsync(state, wanted.ToGitRef(), its, cancellation);
                }

                after = await MakeAsync(mirror, source, its, before, cancellation);
            }
            catch (FetchException e)
            {
                after = before with { Reason = e.Reason, Problem = e.Message };
                failed.Add($"Fleet/{fleet.Name}: {e.Message}");
            }

            if (after != known.GetValueOrDefault(fleet.Name) && !await revisions.WriteAsync(fleet.Name, after, term, cancellation))
                throw new OperationCanceledException("another replica leads now");
        }

        return (failed.Count == 0 ? null : string.Join("; ", failed), state);
    }

    private async Task<FleetRevisionState> MakeAsync(RepositoryMirror mirror, FleetSource source, RemoteRef target, FleetRevisionState before, CancellationToken cancellation)
    {
        if (before is { Problem: null, Revision: not null } && before.Seen == target.Commit)
            return before;
        var files = await mirror.ReadAsync(target.Commit, source.Folder, cancellation);
        if (files.IsEmpty)
            throw new FetchException("EmptyRead", $"the folder {(source.Folder.Length == 0 ? "/" : source.Folder)} of {target.Display} is empty");
        var (hash, size) = await artifacts.StoreAsync(files, cancellation);
        var digest = ArtifactDigest.OfHash(hash);

        // A commit that has changed nothing in the folder is nothing new for its devices.
        if (before.Revision is { } kept && FleetRevision.Parse(kept).Digest == digest)
            return before with { Seen = target.Commit, Reason = null, Problem = null };
        var facts = mirror.Describe(target.Commit);
        return before with { Revision = new FleetRevision(target.Commit, digest).ToString(), Seen = target.Commit, Size = size, Subject = facts.Subject, Author = facts.Author, CommittedAt = facts.At, Reason = null, Problem = null };
    }

    // What somebody has asked for meanwhile stays asked for.
    private static RepositoryState Merge(RepositoryState stored, RepositoryState before, RepositoryState found, SyncCause cause, DateTimeOffset now) => found with
    {
        TriedAt = now,
        FoundBy = found.Commit == before.Commit ? before.FoundBy : cause,
        Since = stored.IsReady == found.IsReady && stored.Reason == found.Reason ? stored.Since ?? now : now,
        Approved = stored.Approved == before.Approved ? found.Approved : stored.Approved,
        AllowRewind = stored.AllowRewind == before.AllowRewind ? found.AllowRewind : stored.AllowRewind,
    };

    private void Tell(string name, RepositoryState before, RepositoryState after)
    {
        if (after.IsReady == true && (before.IsReady != true || before.Commit != after.Commit))
            events.Add(EventTypes.RepositorySynced, null, $"repository {name}: {after.Message}", data: new() { ["repository"] = name, ["commit"] = after.Commit });
        else if (after.IsReady == false && (before.IsReady != false || before.Reason != after.Reason || before.Message != after.Message))
            events.Add(EventTypes.RepositoryFailed, null, $"repository {name}: {after.Message}", data: new() { ["repository"] = name, ["reason"] = after.Reason });
    }
}
