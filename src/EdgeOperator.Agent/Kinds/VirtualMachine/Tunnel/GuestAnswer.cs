using System.Text;

namespace EdgeOperator.Agent.Kinds.VirtualMachine.Tunnel;

/// <summary>How a command in the guest ended.</summary>
/// <param name="ExitCode">The command's own, 0 to 254; 128 and more for a signal.</param>
/// <param name="Output">What it printed; what came after the first 4 MiB is missing.</param>
/// <param name="Errors">What it complained about; what came after the first 64 KiB is missing.</param>
internal sealed record GuestAnswer(int ExitCode, ReadOnlyMemory<byte> Output, string Errors)
{
    public string Text => Encoding.UTF8.GetString(Output.Span);

    /// <summary>The last line of its complaints, or of what it printed; for messages.</summary>
    public string LastLine => new[] { Errors, Text }.SelectMany(t => t.Split('\n').Reverse()).Select(l => l.Trim()).FirstOrDefault(l => l.Length > 0) ?? "no reason was given";
}
