namespace EdgeOperator.Agent.Kinds.VirtualMachine.Qemu;

/// <summary>One disk's last check, which counts until the file changes: a check reads all of the disk's tables.</summary>
internal sealed class DiskCheck(string disk, QemuImg tool)
{
    private Result? _last;

    /// <returns>What is wrong with the disk; null when nothing is or there is none.</returns>
    /// <exception cref="IOException">It can't be checked.</exception>
    public async Task<string?> RunAsync(CancellationToken cancellation)
    {
        var file = new FileInfo(disk);
        if (!file.Exists)
            return null;
        if (Volatile.Read(ref _last) is { } last && last.Changed == file.LastWriteTimeUtc && last.Length == file.Length)
            return last.Problem;
        var problem = await tool.CheckAsync(disk, cancellation);
        Volatile.Write(ref _last, new(file.LastWriteTimeUtc, file.Length, problem));
        return problem;
    }

    /// <summary>The disk was changed on purpose.</summary>
    public void Forget() => Volatile.Write(ref _last, null);

    private sealed record Result(DateTime Changed, long Length, string? Problem);
}
