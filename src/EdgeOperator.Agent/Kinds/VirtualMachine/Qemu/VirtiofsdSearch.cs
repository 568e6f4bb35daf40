using System.ComponentModel;
using System.Text;
using EdgeOperator.Platform.Processes;
using EdgeOperator.Platform.Streams;

namespace EdgeOperator.Agent.Kinds.VirtualMachine.Qemu;

/// <summary>Finds the host's virtiofsd, and asks it once what it can do. An agent that is not root can't have it keep the owners of files, and goes without.</summary>
internal sealed class VirtiofsdSearch(QemuPrograms programs)
{
    private const int MaxHelp = 256 * 1024;

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private (string Program, Task<Virtiofsd?> Found)? _known;

    /// <returns>Null when there is none that can be used.</returns>
    public Task<Virtiofsd?> FindAsync(CancellationToken cancellation)
    {
        lock (_lock)
        {
            // It may be installed while the agent runs.
            if (programs.Virtiofsd is not { } program || !Environment.IsPrivilegedProcess)
                return Task.FromResult<Virtiofsd?>(null);
            if (_known is not { } known || known.Program != program || (known.Found.IsCompletedSuccessfully && known.Found.Result is null))
                _known = known = (program, AskAsync(program));
            return known.Found.WaitAsync(cancellation);
        }
    }

    private async Task<Virtiofsd?> AskAsync(string program)
    {
        using var deadline = new CancellationTokenSource(Timeout);
        try
        {
            var help = "";
            var result = await ChildProcess.RunAsync(
                program, ["--help"], [new("PATH", programs.SearchPath), new("LC_ALL", "C")], "/", "",
                async (output, c) => help = Encoding.UTF8.GetString(await BoundedStream.ReadStartAsync(output, MaxHelp, c)), deadline.Token);
            return result.ExitCode != 0 ? null : new(program, !help.Contains("--shared-dir", StringComparison.Ordinal), help.Contains("--readonly", StringComparison.Ordinal));
        }
        catch (Exception e) when (e is Win32Exception or IOException or OperationCanceledException)
        {
            return null;
        }
    }
}
