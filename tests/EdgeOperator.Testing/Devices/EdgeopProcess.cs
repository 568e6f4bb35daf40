using System.Diagnostics;

namespace EdgeOperator.Testing.Devices;

public static class EdgeopProcess
{
    private static readonly TimeSpan Limit = Eventually.Slow;

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
        using var limit = new CancellationTokenSource(Limit);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw new TimeoutException($"edgeop {string.Join(' ', arguments)} did not end within {Limit.TotalSeconds} s: {await output}{await errors}");
        }

        return new(process.ExitCode, await output, await errors);
    }
}
