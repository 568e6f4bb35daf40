using System.Diagnostics;
using System.Globalization;

namespace EdgeOperator.Testing;

/// <summary>
/// A process that can't outlive the test run. A shell in a session of its own holds the other end of a pipe: when the
/// pipe closes, by disposal or because the test host died however hard, the shell stops the process and cleans up.
/// </summary>
public sealed class GuardedProcess : IAsyncDisposable
{
    // $1 log file, $2 clean-up script, the rest is the command.
    private const string Guard = """
        log=$1; cleanup=$2; shift 2; exec 2>/dev/null
        "$@" </dev/null >>"$log" 2>&1 &
        child=$!
        echo $child
        read -r word
        kill $child
        ( sleep 15; kill -9 $child ) >/dev/null &
        killer=$!
        wait $child
        kill $killer
        [ "$word" = keep ] || eval "$cleanup"
        """;

    private readonly Process _guard;
    private readonly string _log;

    private GuardedProcess(Process guard, int id, string log) => (_guard, Id, _log) = (guard, id, log);

    /// <summary>The process id of the command itself.</summary>
    public int Id { get; }

    /// <summary>Whether the command is still running (and not a zombie).</summary>
    public bool IsRunning
    {
        get
        {
            try
            {
                var stat = File.ReadAllText($"/proc/{Id}/stat");
                return stat[(stat.LastIndexOf(')') + 2)..][0] != 'Z';
            }
            catch (IOException)
            {
                return false;
            }
        }
    }

    /// <summary>All that the process has printed so far.</summary>
    public string Log => File.Exists(_log) ? File.ReadAllText(_log) : "";

    /// <param name="cleanup">Shell commands that run after the process has ended for good.</param>
    /// <exception cref="InvalidOperationException">The guard did not start.</exception>
    public static GuardedProcess Start(string log, string cleanup, params string[] command)
    {
        var start = new ProcessStartInfo("setsid", ["sh", "-c", Guard, "guard", log, cleanup, .. command])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        var guard = Process.Start(start) ?? throw new InvalidOperationException("setsid did not start");
        var id = guard.StandardOutput.ReadLine() ?? throw new InvalidOperationException($"{command[0]} did not start");
        return new(guard, int.Parse(id, CultureInfo.InvariantCulture), log);
    }

    /// <summary>Kills the command at once, as a crash would.</summary>
    public void Kill()
    {
        using var process = Process.GetProcessById(Id);
        process.Kill();
    }

    /// <summary>Stops the command; the clean-up waits for a later start's end.</summary>
    public Task StopAsync() => EndAsync("keep\n");

    public async ValueTask DisposeAsync() => await EndAsync("");

    private async Task EndAsync(string word)
    {
        if (_guard.HasExited)
        {
            return;
        }

        try
        {
            await _guard.StandardInput.WriteAsync(word);
            _guard.StandardInput.Close();
        }
        catch (IOException)
        {
            // The guard has gone by itself; nothing is left to stop.
        }

        await _guard.WaitForExitAsync();
    }
}
