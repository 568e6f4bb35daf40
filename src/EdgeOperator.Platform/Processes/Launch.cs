using System.Collections.Immutable;
using System.Diagnostics;

namespace EdgeOperator.Platform.Processes;

/// <summary>A program to be started so that it runs on when the agent ends.</summary>
/// <param name="Folder">Where the process notes who it is and what it prints; the agent's own.</param>
/// <param name="Program">Absolute.</param>
/// <param name="Environment">All of it: nothing is inherited.</param>
public sealed record Launch(string Folder, string Program, ImmutableArray<string> Arguments, ImmutableSortedDictionary<string, string> Environment)
{
    public required string WorkingDirectory { get; init; }

    /// <summary>Null for the agent's own user.</summary>
    public ProcessUser? User { get; init; }

    /// <summary>See <see cref="ProcessIdentity.Label"/>; one line.</summary>
    public string Label { get; init; } = "";

    /// <summary>The folder of the control group to join; null for the agent's own group.</summary>
    public string? ControlGroup { get; init; }

    /// <summary>
    /// The name of a transient unit of systemd to run in, outside of the agent's own sandbox and control group, without <c>.service</c>; null for a
    /// child of the agent.
    /// </summary>
    public string? Unit { get; init; }

    /// <summary>The process's own variable with its number and its record, by which it is found when the record is lost.</summary>
    internal const string RecordVariable = "EDGEOP_PROCESS";

    /// <summary>The process's own variable with its label.</summary>
    internal const string LabelVariable = "EDGEOP_PROCESS_LABEL";

    // The process notes who it is before it becomes the program: whenever the agent is killed, the next one finds it. An
    // error of exec goes to the output. The agent's own protection from the kernel's memory killer is not handed on.
    private const string Script = """
        record=$1; output=$2; label=$3; group=$4; shift 4
        exec </dev/null >>"$output" 2>&1 || exit 1
        [ -z "$group" ] || echo $$ >"$group/cgroup.procs"
        { echo 0 >/proc/self/oom_score_adj; } 2>/dev/null
        { cat "/proc/$$/stat" /proc/sys/kernel/random/boot_id && printf '%s\n' "$label"; } >"$record.new" || exit 1
        sum=$(sha256sum <"$record.new") && printf '%s\n' "${sum%% *}" >>"$record.new" && mv "$record.new" "$record" || exit 1
        export EDGEOP_PROCESS="$$ $record" EDGEOP_PROCESS_LABEL="$label"
        exec "$@"
        """;

    public string Record => RecordIn(Folder);

    public string Output => OutputIn(Folder);

    public static string RecordIn(string folder) => Path.Combine(folder, "process");

    public static string OutputIn(string folder) => Path.Combine(folder, "output.log");

    public ProcessStartInfo ToStartInfo()
    {
        string[] shell = ["sh", "-c", Script, "launch", Record, Output, Label, ControlGroup ?? "", .. User?.Prefix ?? [], Program, .. Arguments];

        // A unit has a session of its own. Waiting for it gives its exit code, and ends it in no way. systemd replaces variables in
        // command lines, and $$ by $.
        if (Unit is not null)
        {
            return new("systemd-run",
            [
                "--quiet", "--collect", "--wait", $"--unit={Unit}", $"--working-directory={WorkingDirectory}",
                .. Environment.Select(variable => $"--setenv={variable.Key}={variable.Value}"), "--", .. shell.Select(argument => argument.Replace("$", "$$", StringComparison.Ordinal)),
            ]);
        }

        // In a session of its own no terminal's signal reaches it, and its children can be found by the session.
        var start = new ProcessStartInfo("setsid", shell)
        {
            WorkingDirectory = WorkingDirectory,
        };
        start.Environment.Clear();
        foreach (var (name, value) in Environment)
            start.Environment[name] = value;
        return start;
    }
}

/// <summary>Whom a process runs as.</summary>
/// <param name="IsKnown">The user has an entry in <c>/etc/passwd</c>, and so may be in further groups.</param>
public sealed record ProcessUser(uint User, uint Group, bool IsKnown)
{
    /// <summary>The prefix of a command that must run as this user.</summary>
    public ImmutableArray<string> Prefix =>
        ["setpriv", $"--reuid={User}", $"--regid={Group}", IsKnown ? "--init-groups" : "--clear-groups", "--inh-caps=-all", "--no-new-privs", "--"];
}
