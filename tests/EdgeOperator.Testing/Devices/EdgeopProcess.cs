using System.Diagnostics;

namespace EdgeOperator.Testing.Devices;

public static class EdgeopProcess
{
    private static readonly TimeSpan Timeout = Eventually.Slow;

    /// <summary>Runs <c>edgeop</c> to its end, its output piped as in a script.</summary>
    public static async Task<Ran> RunAsync(string edgeop, string folder, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(edgeop, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        })!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        using var deadline = new CancellationTokenSource(Timeout);
        try
        {
            await process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw new TimeoutException($"edgeop {string.Join(' ', arguments)} did not end within {Timeout.TotalSeconds} s: {await output}{await errors}");
        }

        return new(process.ExitCode, await output, await errors);
    }
}
