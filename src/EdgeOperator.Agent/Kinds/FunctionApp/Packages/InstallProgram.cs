using System.Collections;
using System.Text;
using EdgeOperator.Platform.Processes;
using EdgeOperator.Platform.Streams;

namespace EdgeOperator.Agent.Kinds.FunctionApp.Packages;

/// <summary>How npm and pip are run: in the app's folder, for 15 minutes at most, with little of the agent's environment.</summary>
internal static class InstallProgram
{
    /// <summary>Bytes of what the program prints that are kept for a message.</summary>
    private const int MaxOutput = 64 * 1024;

    private const int MaxMessage = 400;

    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(15);

    /// <param name="isPassedOn">Which of the agent's variables the program gets; they win over <paramref name="environment"/>.</param>
    /// <param name="failure">The reason and what was run, where it does not end in time.</param>
    /// <returns>Its exit code and the beginning of what it printed.</returns>
    /// <exception cref="PackageException">It did not end in time.</exception>
    /// <exception cref="System.ComponentModel.Win32Exception">There is no such program.</exception>
    public static async Task<(int ExitCode, string Errors, string Output)> RunAsync(
        string program, IEnumerable<string> arguments, string app, IReadOnlyDictionary<string, string> environment, Func<string, bool> isPassedOn, (string Reason, string Command) failure, CancellationToken cancellation)
    {
        var variables = new Dictionary<string, string>(environment);
        foreach (DictionaryEntry entry in Environment.GetEnvironmentVariables())
        {
            if (entry.Key is string name && isPassedOn(name) && entry.Value is string value)
                variables[name] = value;
        }

        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(Timeout);
        try
        {
            byte[] printed = [];
            var result = await ChildProcess.RunAsync(program, arguments, variables, app, "", async (s, c) => printed = await BoundedStream.ReadStartAsync(s, MaxOutput, c), deadline.Token);
            return (result.ExitCode, result.Errors, Encoding.UTF8.GetString(printed));
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new PackageException(failure.Reason, $"{failure.Command} did not end within {Timeout.TotalMinutes:0} min");
        }
    }

    /// <summary>What was printed on one line, cut where it is long.</summary>
    public static string Shorten(string printed)
    {
        var line = string.Join(' ', printed.Split('\n').Select(l => l.Trim()).Where(l => l.Length > 0));
        return line.Length > MaxMessage ? line[..MaxMessage] + "…" : line;
    }
}
