using EdgeOperator.Testing;
using EdgeOperator.Testing.Devices;

namespace EdgeOperator.Soak;

/// <summary>The repository that the device follows, behind a Git server: operators sign what they commit, attackers can't.</summary>
internal sealed class Fleet : IAsyncDisposable
{
    private readonly Repository _repository;
    private readonly GitServer _server;
    private readonly string _key;

    private Fleet(Repository repository, string key) => (_repository, _server, _key) = (repository, new(repository.Path), key);

    public string Url => _server.Url;

    public string AllowedSigners => $"{_key}.allowed";

    public static async Task<Fleet> CreateAsync(TempFolder folder)
    {
        var key = folder.File("key");
        await Shell.RunAsync("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key);
        await File.WriteAllTextAsync($"{key}.allowed", $"operator@example.com namespaces=\"git\" {await File.ReadAllTextAsync($"{key}.pub")}");
        var repository = await Repository.CreateAsync();
        await repository.GitAsync("config", "gpg.format", "ssh");
        await repository.GitAsync("config", "user.signingKey", key);
        await repository.GitAsync("config", "commit.gpgSign", "true");
        return new(repository, key);
    }

    /// <summary>Signs and commits exactly these files.</summary>
    public Task<string> CommitAsync((string Path, string Content)[] files) => _repository.CommitAsync(files);

    /// <summary>Commits exactly these files without a signature.</summary>
    public async Task<string> CommitUnsignedAsync((string Path, string Content)[] files)
    {
        await _repository.GitAsync("config", "commit.gpgSign", "false");
        try
        {
            return await _repository.CommitAsync(files);
        }
        finally
        {
            await _repository.GitAsync("config", "commit.gpgSign", "true");
        }
    }

    /// <summary>Signs and commits what <paramref name="change"/> makes of the working tree.</summary>
    public async Task<string> ChangeAsync(Action<string> change)
    {
        change(_repository.Path);
        await _repository.GitAsync("add", "-A");
        await _repository.GitAsync("commit", "-q", "-m", "Change");
        return await HeadAsync();
    }

    /// <summary>Moves the branch, and leaves the working tree as it is.</summary>
    public Task MoveBranchAsync(string commit) => _repository.GitAsync("update-ref", "refs/heads/main", commit);

    public async Task<string> HeadAsync() => (await _repository.GitAsync("rev-parse", "HEAD")).Trim();

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _repository.Dispose();
    }
}
