using EdgeOperator.Agent.Engine;
using EdgeOperator.Platform.Files;

namespace EdgeOperator.Agent.Kinds.EdgeModule;

/// <summary>The ends of the logs of containers that the agent has removed, the last one of each module: for <c>edgeop logs --previous</c>.</summary>
internal sealed class PreviousLogs
{
    private const int LargestLog = 128 * 1024;
    private const int MostLines = 2000;
    private const int MostLogs = 64;

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    private readonly IContainerEngine _engine;
    private readonly string _folder;

    /// <param name="machine">The virtual machine whose engine it is; null for the host's.</param>
    public PreviousLogs(IContainerEngine engine, string stateDirectory, string? machine) =>
        (_engine, _folder) = (engine, Path.Combine(stateDirectory, "logs", machine ?? "host"));

    /// <summary>Keeps the end of the log of a container that is about to be removed. Nothing depends on it: a failure is none.</summary>
    public async Task SaveAsync(string module, ContainerDetails container, CancellationToken cancellation)
    {
        if (ContainerFacts.UnlessNever(container.State?.FinishedAt) is not { } ended)
            return;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Timeout);
        using var tail = new TailStream(LargestLog);
        try
        {
            await _engine.CopyLogsAsync(container, new(Follow: false, MostLines) { Timestamps = true }, tail, limit.Token);
            Write(PathOf(module), tail.ToArray(), ended);
        }
        catch (Exception e) when (e is EngineException or IOException or UnauthorizedAccessException
            || (e is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            // The disk is full, or the log driver can't be read.
        }
    }

    /// <summary>When the module's last removed container ended; null when no log of one is kept.</summary>
    public DateTimeOffset? EndOf(string module) => FileStatus.Of(PathOf(module)) is { IsFile: true } ? File.GetLastWriteTimeUtc(PathOf(module)) : null;

    /// <summary>The lines that are kept, each beginning with its time.</summary>
    /// <exception cref="IOException">They can't be read.</exception>
    /// <exception cref="InvalidDataException">Something else is in the file's place.</exception>
    public string[] Read(string module) => StateFile.ReadLines(PathOf(module));

    private void Write(string path, byte[] log, DateTimeOffset ended)
    {
        PrivateFolder.Create(_folder);
        StateFile.ClearForFile(path);
        AtomicFile.Write(path, log);
        File.SetLastWriteTimeUtc(path, ended.UtcDateTime);
        foreach (var old in new DirectoryInfo(_folder).EnumerateFiles("*.log").OrderByDescending(file => file.LastWriteTimeUtc).Skip(MostLogs))
            old.Delete();
    }

    private string PathOf(string module) => Path.Combine(_folder, module + ".log");
}
