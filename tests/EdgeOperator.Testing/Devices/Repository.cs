
namespace EdgeOperator.Testing.Devices;

/// <summary>An operator's Git repository, with a branch <c>main</c>.</summary>
public sealed class Repository : IDisposable
{
    private readonly TempFolder _folder = new("repo");

    private Repository()
    {
    }

    public string Path => _folder;

    public string Url => $"file://{_folder}";

    public static async Task<Repository> CreateAsync()
    {
        var repository = new Repository();
        await repository.GitAsync("init", "-q", "-b", "main");
        await repository.GitAsync("config", "user.name", "Operator");
        await repository.GitAsync("config", "user.email", "operator@example.com");
        await repository.GitAsync("config", "uploadpack.allowFilter", "true");
        await repository.GitAsync("config", "uploadpack.allowAnySHA1InWant", "true");
        return repository;
    }

    /// <summary>Makes these the repository's only files and commits; what begins with <c>#!</c> may be run.</summary>
    /// <returns>The commit's id.</returns>
    public async Task<string> CommitAsync(params (string Path, string Content)[] files)
    {
        foreach (var entry in Directory.EnumerateFileSystemEntries(_folder).Where(entry => !entry.EndsWith("/.git", StringComparison.Ordinal)))
        {
            if (Directory.Exists(entry))
                Directory.Delete(entry, recursive: true);
            else
                File.Delete(entry);
        }

        foreach (var (path, content) in files)
        {
            var file = _folder.Write(path, content);
            if (content.StartsWith("#!", StringComparison.Ordinal))
                File.SetUnixFileMode(file, File.GetUnixFileMode(file) | UnixFileMode.UserExecute);
        }

        await GitAsync("add", "-A");
        await GitAsync("commit", "-q", "--allow-empty", "-m", "Change");
        return (await GitAsync("rev-parse", "HEAD")).Trim();
    }

    public Task<string> GitAsync(params string[] arguments) => Shell.RunAsync("git", ["-C", _folder, .. arguments]);

    public void Dispose() => _folder.Dispose();
}
