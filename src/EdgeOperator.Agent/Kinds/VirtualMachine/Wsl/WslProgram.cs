using EdgeOperator.Agent.Kinds.VirtualMachine.Windows;

namespace EdgeOperator.Agent.Kinds.VirtualMachine.Wsl;

/// <param name="Text">What it printed, to both of its outputs.</param>
internal readonly record struct WslAnswer(int ExitCode, string Text);

/// <summary><c>wsl.exe</c>.</summary>
/// <param name="program">Null for the one in PATH.</param>
internal sealed class WslProgram(string? program, TimeProvider time)
{
    private const int Quoted = 400;

    private readonly HostTool _tool = new(program ?? "wsl.exe", new Dictionary<string, string> { ["WSL_UTF8"] = "1" }, time);

    /// <summary>Null for the one in PATH.</summary>
    public string? Given => program;

    /// <exception cref="IOException">It can't be started, or did not end in time.</exception>
    public async Task<WslAnswer> AskAsync(IReadOnlyList<string> arguments, string input, TimeSpan limit, CancellationToken cancellation)
    {
        var result = await _tool.RunAsync(arguments, input, limit, cancellation);
        return new(result.ExitCode, WslList.Decode(result.Output) + result.Errors.Replace("\0", "", StringComparison.Ordinal));
    }

    /// <returns>What it printed.</returns>
    /// <exception cref="IOException">It can't be started, or did not end in time.</exception>
    /// <exception cref="WslException">It failed.</exception>
    public async Task<string> RunAsync(IReadOnlyList<string> arguments, TimeSpan limit, CancellationToken cancellation, string input = "")
    {
        var answer = await AskAsync(arguments, input, limit, cancellation);
        return answer.ExitCode == 0 ? answer.Text
            : throw new WslException($"wsl {string.Join(' ', arguments)} ended with {answer.ExitCode}: {End(answer.Text.Trim())}");
    }

    /// <inheritdoc cref="HostTool.Open"/>
    public Stream Open(IReadOnlyList<string> arguments) => _tool.Open(arguments);

    private static string End(string text) => text.Length <= Quoted ? text : "…" + text[^Quoted..];
}

/// <summary>wsl.exe refused, or what it ran failed; the message has its own words.</summary>
internal sealed class WslException(string message) : Exception(message);
