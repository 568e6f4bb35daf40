using System.Text.Json;
using EdgeOperator.Agent.Kinds.VirtualMachine.Windows;

namespace EdgeOperator.Agent.Kinds.VirtualMachine.Eflow;

/// <summary>Windows PowerShell, which the module AzureEFLOW is made for.</summary>
/// <param name="program">Null for the one in PATH.</param>
internal sealed class EflowProgram(string? program, TimeProvider time) : IDisposable
{
    private readonly HostTool _tool = new(program ?? "powershell.exe", new Dictionary<string, string>(), time);

    // One at a time: the module keeps its configuration in files that it does not lock.
    private readonly SemaphoreSlim _gate = new(1, 1);

    public void Dispose() => _gate.Dispose();

    /// <returns>What the script set <c>$value</c> to.</returns>
    /// <exception cref="IOException">PowerShell can't be started, or did not end in time.</exception>
    /// <exception cref="EflowException">The script failed.</exception>
    public async Task<JsonElement?> RunAsync(string script, TimeSpan limit, CancellationToken cancellation)
    {
        await _gate.WaitAsync(cancellation);
        try
        {
            var answer = EflowAnswer.Parse(await _tool.RunAsync(EflowScript.Arguments, EflowScript.Encode(EflowScript.Wrap(script)), limit, cancellation));
            return answer.Error is null ? answer.Value : throw new EflowException(answer.Error);
        }
        finally
        {
            _gate.Release();
        }
    }
}

/// <summary>A cmdlet refused; the message is its own.</summary>
internal sealed class EflowException(string message) : Exception(message);
