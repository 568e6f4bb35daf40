using System.ComponentModel;
using System.Runtime.Versioning;
using System.Text;
using EdgeOperator.Platform.Processes;

namespace EdgeOperator.Agent.Kinds.SystemUpdate.Releases;

/// <summary>Has a version that does not run yet say whether it could: <c>edgeop agent --self-test</c>.</summary>
/// <param name="configuration">The agent's configuration file.</param>
[SupportedOSPlatform("linux")]
internal sealed class ReleaseSelfTest(string configuration, TimeProvider time)
{
    private const int MostOutput = 64 * 1024;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>What speaks to the service manager, or makes a test's agent die, is not for this one.</summary>
    private static readonly string[] Withheld = ["NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID", "EDGEOP_FAULT"];

    /// <param name="folder">The version's.</param>
    /// <param name="needsEngine">The running agent sees a container engine.</param>
    /// <returns>What is wrong, as a sentence; null when all is well.</returns>
    public async Task<string?> RunAsync(string folder, string version, bool needsEngine, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(Limit, time);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        var environment = Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>()
            .Where(variable => !Withheld.Contains((string)variable.Key))
            .ToDictionary(variable => (string)variable.Key, variable => (string)variable.Value!);
        var output = new MemoryStream();
        try
        {
            var result = await ChildProcess.RunGroupAsync(
                Path.Combine(folder, ReleaseArchive.Program), ["agent", "--self-test", "--config", configuration], environment, "/", default, (from, c) => ReadAsync(from, output, c), guard: null, ended.Token);
            var lines = Encoding.UTF8.GetString(output.ToArray()).Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            return result.ExitCode != 0 ? $"it ended with {result.ExitCode}: {Last(result.Errors) ?? lines.LastOrDefault() ?? "it printed nothing"}"
                : !lines.Contains($"version {version}") ? $"it says that it is another version: {lines.FirstOrDefault() ?? "it printed nothing"}"
                : needsEngine && !lines.Contains("engine ok") ? $"it does not see the container engine: {lines.FirstOrDefault(line => line.StartsWith("engine ", StringComparison.Ordinal)) ?? "it does not say why"}"
                : null;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return $"it did not end within {Limit.TotalSeconds:0} s";
        }
        catch (Exception e) when (e is Win32Exception or IOException)
        {
            return $"it can't be started: {e.Message}";
        }
    }

    private static string? Last(string errors) => errors.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).LastOrDefault();

    private static async Task ReadAsync(Stream from, MemoryStream to, CancellationToken cancellation)
    {
        var buffer = new byte[4096];
        while (await from.ReadAsync(buffer, cancellation) is var count and > 0)
        {
            if (to.Length < MostOutput)
                to.Write(buffer, 0, count);
        }
    }
}
