using System.ComponentModel;
using System.Text;
using EdgeOperator.Platform.Processes;

namespace EdgeOperator.Git;

/// <summary>The git program, as one source uses it.</summary>
/// <param name="folder">The source's own folder, which exists.</param>
/// <param name="maxSize">Bytes that the mirror may take.</param>
internal sealed class GitProgram(GitEnvironment environment, string folder, long maxSize, TimeProvider time)
{
    private readonly FetchGuard _guard = new(Path.Combine(folder, "repository.git"), maxSize, time);

    private const int MaxOutput = 32 * 1024 * 1024;

    /// <summary>The ref that a fetch leaves what it brought in.</summary>
    public const string Fetched = "refs/edgeoperator/fetched";

    /// <summary>The bare repository that fetches go to.</summary>
    public string Repository { get; } = Path.Combine(folder, "repository.git");

    /// <summary>Asks the server; needs no repository.</summary>
    /// <returns>What git printed.</returns>
    /// <exception cref="FetchException">It failed.</exception>
    public async Task<string> AskAsync(string[] arguments, CancellationToken cancellation)
    {
        var (result, output) = await PrintAsync(arguments, environment.Network(), "", cancellation);
        return result.ExitCode == 0 ? output : throw GitErrors.Explain(result, FetchReasons.Unreachable, environment.HasLogin);
    }

    /// <summary>Has the repository fetch from the server.</summary>
    /// <exception cref="FetchException">It failed.</exception>
    public async Task FetchAsync(string[] arguments, string input, CancellationToken cancellation)
    {
        var result = await ExecuteAsync(
            "git", InRepository(arguments), environment.Network(), Encoding.UTF8.GetBytes(input), (s, c) => CopyAsync(s, new MemoryStream(), c), _guard.WatchAsync, cancellation);
        if (result.ExitCode != 0)
            throw GitErrors.Explain(result, FetchReasons.Corrupt, environment.HasLogin);

        _guard.CheckSize();
    }

    /// <summary>Has the repository take a pack.</summary>
    /// <param name="pack">Its deltas may lead to objects that the repository has.</param>
    /// <param name="isPartial">It may name objects that it does not hold, and that the server has.</param>
    /// <exception cref="FetchException">It is damaged, or does not fit the repository.</exception>
    public async Task AddPackAsync(ReadOnlyMemory<byte> pack, bool isPartial, CancellationToken cancellation)
    {
        string[] arguments = ["index-pack", "--stdin", "--fix-thin", .. isPartial ? (string[])["--promisor"] : []];
        var result = await ExecuteAsync("git", InRepository(arguments), environment.Local(), pack, (s, c) => CopyAsync(s, new MemoryStream(), c), null, cancellation);
        if (result.ExitCode != 0)
            throw GitErrors.ExplainLocal(result);

        _guard.CheckSize();
    }

    /// <summary>Bytes that the mirror takes.</summary>
    public long Size => _guard.Size;

    /// <summary>Works on the repository alone.</summary>
    /// <returns>What git printed.</returns>
    /// <exception cref="FetchException">The repository is damaged, or the disk is full.</exception>
    public async Task<string> RunAsync(string[] arguments, string input, CancellationToken cancellation)
    {
        var (result, output) = await PrintAsync(InRepository(arguments), environment.Local(), input, cancellation);
        return result.ExitCode == 0 ? output : throw GitErrors.ExplainLocal(result);
    }

    /// <summary>Whether a command that works on the repository alone succeeds.</summary>
    public async Task<bool> SucceedsAsync(string[] arguments, CancellationToken cancellation) =>
        (await PrintAsync(InRepository(arguments), environment.Local(), "", cancellation)).Result.ExitCode == 0;

    /// <summary>Works on the repository alone.</summary>
    /// <returns>What git printed, without the end of the line; null when it found nothing.</returns>
    public async Task<string?> FindAsync(string[] arguments, CancellationToken cancellation)
    {
        var (result, output) = await PrintAsync(InRepository(arguments), environment.Local(), "", cancellation);
        return result.ExitCode == 0 ? output.TrimEnd('\n') : null;
    }

    /// <summary>Works on the repository alone, and prints more than should be held as text.</summary>
    /// <exception cref="FetchException">The repository is damaged.</exception>
    public async Task ReadAsync(string[] arguments, string input, Func<Stream, CancellationToken, Task> read, CancellationToken cancellation)
    {
        var result = await ExecuteAsync("git", InRepository(arguments), environment.Local(), Encoding.UTF8.GetBytes(input), read, null, cancellation);
        if (result.ExitCode != 0)
            throw GitErrors.ExplainLocal(result);
    }

    /// <summary>Reads objects of the repository with one process, also those that are known only from others.</summary>
    /// <exception cref="FetchException">The repository is damaged.</exception>
    public async Task ReadObjectsAsync(Func<GitObjects, CancellationToken, Task> read, CancellationToken cancellation)
    {
        var result = await StartAsync("git", () => ChildProcess.ConverseAsync("git", InRepository(["cat-file", "--batch"]), environment.Local(), folder, async (input, output, c) =>
        {
            await using (input)
            await using (var buffered = new BufferedStream(output, 64 * 1024))
                await read(new(input, buffered), c);
        }, cancellation));
        if (result.ExitCode != 0)
            throw GitErrors.ExplainLocal(result);
    }

    /// <summary>Checks a signature; a bad one is a result.</summary>
    /// <param name="keyring">The folder with the GPG keys that count.</param>
    public async Task<ChildResult> VerifyAsync(string[] arguments, string keyring, CancellationToken cancellation)
    {
        var variables = environment.Local();
        variables["GNUPGHOME"] = keyring;
        return (await PrintAsync(InRepository(arguments), variables, "", cancellation)).Result;
    }

    /// <summary>Runs <c>gpg</c> or <c>ssh-keygen</c> itself.</summary>
    /// <returns>Also what the program printed.</returns>
    public Task<(ChildResult Result, string Output)> ToolAsync(
        string program, string[] arguments, string keyring, ReadOnlyMemory<byte> input, CancellationToken cancellation)
    {
        var variables = environment.Local();
        variables["GNUPGHOME"] = keyring;
        return PrintAsync(program, arguments, variables, input, cancellation);
    }

    /// <summary>Runs a command on an SSH server.</summary>
    /// <param name="arguments">After the program and its options: the server, and the command as its shell reads it.</param>
    /// <returns>Also what the command printed.</returns>
    /// <exception cref="FetchException">A file that is configured is missing, or ssh is not installed.</exception>
    public Task<(ChildResult Result, string Output)> SshAsync(string[] arguments, CancellationToken cancellation)
    {
        var words = environment.Ssh();
        return PrintAsync(words[0], [.. words[1..], .. arguments], environment.Local(), ReadOnlyMemory<byte>.Empty, cancellation);
    }

    private string[] InRepository(string[] arguments) => [$"--git-dir={Repository}", .. arguments];

    private Task<(ChildResult Result, string Output)> PrintAsync(
        string[] arguments, Dictionary<string, string> variables, string input, CancellationToken cancellation) =>
        PrintAsync("git", arguments, variables, Encoding.UTF8.GetBytes(input), cancellation);

    private async Task<(ChildResult Result, string Output)> PrintAsync(
        string program, string[] arguments, Dictionary<string, string> variables, ReadOnlyMemory<byte> input, CancellationToken cancellation)
    {
        var output = new MemoryStream();
        var result = await ExecuteAsync(program, arguments, variables, input, (stream, c) => CopyAsync(stream, output, c), null, cancellation);
        return (result, Encoding.UTF8.GetString(output.GetBuffer(), 0, (int)output.Length));
    }

    private Task<ChildResult> ExecuteAsync(
        string program,
        string[] arguments,
        Dictionary<string, string> variables,
        ReadOnlyMemory<byte> input,
        Func<Stream, CancellationToken, Task> read,
        ChildGuard? guard,
        CancellationToken cancellation) =>
        StartAsync(program, () => ChildProcess.RunGroupAsync(program, arguments, variables, folder, input, read, guard, cancellation));

    private static async Task<ChildResult> StartAsync(string program, Func<Task<ChildResult>> run)
    {
        try
        {
            return await run();
        }
        catch (Win32Exception e)
        {
            throw new FetchException(FetchReasons.GitMissing, $"the {program} program can't be started ({e.Message}): install it");
        }
    }

    private static async Task CopyAsync(Stream from, MemoryStream to, CancellationToken cancellation)
    {
        var buffer = new byte[16 * 1024];
        while (await from.ReadAsync(buffer, cancellation) is var count and > 0)
        {
            to.Write(buffer, 0, count);
            if (to.Length > MaxOutput)
                throw new FetchException(FetchReasons.Refused, "the repository has too many refs or files");
        }
    }
}
