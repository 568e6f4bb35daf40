using EdgeOperator.Agent.Secrets;
using EdgeOperator.Core.Kinds.VirtualMachine;

namespace EdgeOperator.Agent.Kinds.VirtualMachine;

/// <summary>Machines of a system that no files are put into the memory of.</summary>
internal sealed class NoMemoryFiles(MachineDriver kind) : IMemoryFiles
{
    public Task<string> WriteAsync(string group, IReadOnlyCollection<MemoryFile> files, CancellationToken cancellation) => Task.FromException<string>(
        new IOException($"modules in machines of {kind.ToString().ToUpperInvariant()} can't have secretFiles: give the module its secrets by `env`"));

    public Task DeleteAsync(string group, CancellationToken cancellation) => Task.CompletedTask;

    public Task RetainAsync(string prefix, IReadOnlyCollection<string> groups, CancellationToken cancellation) => Task.CompletedTask;
}
