using System.ComponentModel;
using EdgeOperator.Platform.Processes;

namespace EdgeOperator.Agent.Kinds.VirtualMachine.Qemu;

/// <summary>
/// Whether processors of machines can be the host's own (KVM), which is a hundred times faster, or must be emulated. That there is
/// a <c>/dev/kvm</c> says little: inside of another machine it may open, and QEMU still come to grief. So it is tried, once.
/// </summary>
internal sealed class Accelerator(QemuPrograms programs, string device = "/dev/kvm")
{
    private const string Kvm = "kvm";
    private const string Emulated = "tcg";

    /// <summary>Starts an empty machine, lets it run, and ends it.</summary>
    private const string Trial = """
        {"execute":"qmp_capabilities"}
        {"execute":"cont"}
        {"execute":"quit"}

        """;

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private Task<string>? _found;

    /// <summary>As QEMU calls it.</summary>
    public Task<string> FindAsync(CancellationToken cancellation)
    {
        lock (_lock)
            return (_found ??= TryAsync()).WaitAsync(cancellation);
    }

    private async Task<string> TryAsync() => File.Exists(device) && await WorksAsync() ? Kvm : Emulated;

    private async Task<bool> WorksAsync()
    {
        using var deadline = new CancellationTokenSource(Timeout);
        try
        {
            var result = await ChildProcess.RunAsync(
                programs.System, [.. QemuCommand.ProcessorOf(Kvm), "-m", "16M", "-S", "-no-user-config", "-nodefaults", "-display", "none", "-qmp", "stdio"],
                [new("PATH", programs.SearchPath)], "/", Trial, (stream, c) => stream.CopyToAsync(Stream.Null, c), deadline.Token);
            return result.ExitCode == 0;
        }
        catch (Exception e) when (e is Win32Exception or OperationCanceledException)
        {
            return false;
        }
    }
}
