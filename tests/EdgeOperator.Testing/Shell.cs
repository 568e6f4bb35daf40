using System.Diagnostics;

namespace EdgeOperator.Testing;

/// <summary>Runs a program to its end.</summary>
public static class Shell
{
    /// <returns>What the program printed to standard output.</returns>
    /// <exception cref="InvalidOperationException">It failed; the message has its exit code and what it printed.</exception>
    public static async Task<string> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        }) ?? throw new InvalidOperationException($"{program} did not start");
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0
            ? await output
            : throw new InvalidOperationException(
                $"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}: {await errors}{await output}");
    }
}
