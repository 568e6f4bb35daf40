using System.Collections.Concurrent;
using EdgeOperator.Core.Hub;
using EdgeOperator.Git;
using EdgeOperator.Platform.Files;

namespace EdgeOperator.Hub.Repositories;

/// <summary>The mirrors of this replica, in <c>repositories</c> of its data directory.</summary>
internal sealed class RepositoryMirrors(HubConfiguration configuration, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, (string ETag, RepositoryMirror Mirror)> _mirrors = new(StringComparer.Ordinal);

    private string Folder => Path.Combine(configuration.DataDirectory, "repositories");

    /// <exception cref="FetchException">The address is not acceptable.</exception>
    public RepositoryMirror Of(StoredRepository repository)
    {
        var known = _mirrors.GetValueOrDefault(repository.Name);
        if (known.ETag == repository.ETag)
            return known.Mirror;
        try
        {
            PrivateFolder.Create(Folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FetchException(FetchReasons.Unreadable, e.Message);
        }

        var mirror = new RepositoryMirror(repository.Repository.Git, Path.Combine(Folder, repository.Name), time);
        _mirrors[repository.Name] = (repository.ETag, mirror);
        return mirror;
    }

    /// <summary>Removes the mirrors of repositories that are not there any more.</summary>
    public void Retain(IReadOnlySet<string> names)
    {
        foreach (var name in _mirrors.Keys.Where(name => !names.Contains(name)).ToArray())
            _mirrors.TryRemove(name, out _);
        if (!Directory.Exists(Folder))
            return;
        foreach (var folder in Directory.GetDirectories(Folder).Where(folder => !names.Contains(Path.GetFileName(folder))))
        {
            try
            {
                Directory.Delete(folder, recursive: true);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // It only takes space, and the next look tries again.
            }
        }
    }
}
