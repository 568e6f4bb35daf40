using System.Diagnostics.CodeAnalysis;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Git;
using EdgeOperator.Git.Lfs;
using EdgeOperator.Git.Tree;

namespace EdgeOperator.Hub.Repositories;

/// <summary>What the pointers of Git LFS in a mirror stand for, by the same code as an agent's own source has it.</summary>
[SuppressMessage("Design", "CA1001", Justification = "A SemaphoreSlim holds nothing to dispose unless its wait handle is asked for.")]
internal sealed class LargeFiles
{
    private readonly GitSourceConfiguration _configuration;
    private readonly TimeProvider _time;
    private readonly LfsCache _cache;
    private readonly LfsFiles _files;
    private readonly SemaphoreSlim _using = new(1);

    /// <param name="folder">Of the mirror.</param>
    public LargeFiles(GitSourceConfiguration configuration, GitUrl url, GitEnvironment environment, GitProgram git, string folder, TimeProvider time)
    {
        (_configuration, _time) = (configuration, time);
        _cache = new(Path.Combine(folder, "lfs"));

        // A mirror has all files of a commit.
        var server = new LfsServer(configuration, url, environment, git, (_, _, _) => Task.CompletedTask);
        _files = new(server, url, _cache, new(configuration.MaxFileSize), () => configuration.MaxRepositorySize - git.Size);
    }

    /// <exception cref="FetchException">The server can't be reached, fails for now, or takes too long.</exception>
    public async Task<Dictionary<LfsPointer, LfsContent>> ReadAsync(string commit, CommittedFiles files, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(_configuration.Timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        await _using.WaitAsync(cancellation);
        try
        {
            // Other folders of the repository have their own; they are worth keeping as long as there is room.
            _cache.Trim(_configuration.MaxRepositorySize / 4);
            return await _files.ReadAsync(commit, files.Pointers, files.Room, either.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new FetchException(FetchReasons.TimedOut, $"Git LFS: the files were not fetched within {_configuration.Timeout}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FetchException(FetchReasons.StorageUnavailable, e.Message);
        }
        finally
        {
            _using.Release();
        }
    }
}
