using EdgeOperator.Git;

namespace EdgeOperator.Agent.Sources.Git;

/// <summary>
/// Chooses between tags of the same version, such as <c>v6.0.0+9</c> and <c>v6.0.0+10</c>: build metadata has no order, so the newer
/// commit is meant.
/// </summary>
internal sealed class TagTieBreaker(GitRepository repository)
{
    private (string Tags, RemoteRef Chosen)? _last;

    /// <exception cref="FetchException">The commits can't be fetched.</exception>
    /// <exception cref="IOException">The mirror can't be written.</exception>
    public async Task<RemoteRef> ChooseAsync(RemoteRef found, CancellationToken cancellation)
    {
        RemoteRef[] all = [found, .. found.Ties];
        if (all.Length == 1)
            return found;

        var tags = string.Join(' ', all.Select(tag => $"{tag.Name}={tag.ObjectId}"));
        if (_last is var (before, chosen) && before == tags)
            return chosen;

        var times = await repository.CommitTimesAsync(all, cancellation);

        // Where they are equally old, the last by build metadata, as it came.
        var newest = all.MaxBy(tag => times.GetValueOrDefault(tag.Commit))!;
        var others = string.Join(", ", all.Where(tag => tag != newest).Select(tag => tag.Tag).Take(3));
        newest = newest with { Display = $"{newest.Display}, newer than {others} of the same version", Ties = [] };
        _last = (tags, newest);
        return newest;
    }
}
