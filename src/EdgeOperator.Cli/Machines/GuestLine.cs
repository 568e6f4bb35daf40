using System.Collections.Immutable;
using EdgeOperator.Core.Interop;
using EdgeOperator.Core.Protocol;

namespace EdgeOperator.Cli.Machines;

/// <summary>The lines that a guest's <c>sh</c> is given.</summary>
internal static class GuestLine
{
    private const string Interop = "/proc/sys/fs/binfmt_misc/WSLInterop";

    /// <summary>
    /// A program with the caller's directory and variables. A shell waits for it, and so its exit code is known even when a signal
    /// has ended it (128 and more), which ssh does not tell; what that shell itself might say of it is not shown.
    /// </summary>
    /// <param name="session">Marks the program among others.</param>
    /// <param name="directory">The caller's, on the host.</param>
    /// <param name="variable">Of the host.</param>
    /// <param name="passed">What the session must be given as <see cref="GuestCommand.PassedName"/>; null when nothing.</param>
    public static string Of(GuestCall call, MachineAccess access, string session, string directory, Func<string, string?> variable, out string? passed)
    {
        var shared = Shared(access, directory, variable);
        passed = shared.IsEmpty ? null : GuestCommand.Passed(shared);
        return Of(call, access, session, directory, [], isPassed: passed is not null);
    }

    /// <summary>The same for an sshd that can't be given variables: all of them are in the line, where other users of the guest see them.</summary>
    /// <inheritdoc cref="Of(GuestCall, MachineAccess, string, string, Func{string, string?}, out string?)"/>
    public static string Of(GuestCall call, MachineAccess access, string session, string directory, Func<string, string?> variable) =>
        Of(call, access, session, directory, Shared(access, directory, variable), isPassed: false);

    private static ImmutableArray<KeyValuePair<string, string>> Shared(MachineAccess access, string directory, Func<string, string?> variable)
    {
        var list = access.Interop ? WslEnv.Add(variable(WslEnv.Name), access.Env) : "";
        return list.Length == 0 ? [] : WslEnv.ToGuest(name => name == WslEnv.Name ? list : variable(name), access.Paths(), directory);
    }

    private static string Of(GuestCall call, MachineAccess access, string session, string directory, ImmutableArray<KeyValuePair<string, string>> shared, bool isPassed)
    {
        List<KeyValuePair<string, string>> variables = [.. shared];
        if (access.Interop)
            variables.Add(new(HostCall.StartedVariable, directory));
        variables.Add(new(SessionVariable, session));
        var line = GuestCommand.Line(WorkingDirectory.InGuest(call.Directory, directory, access.Paths()), variables, call.Command, call.Directory is not null, isPassed);

        // A new session has interop again, whoever turned it off in another one. Only root may turn it on; others ask, if they have to.
        var begin = access.Interop && !access.Programs.IsEmpty
            ? $"{{ echo 1 >{Interop} || {{ read -r EDGEOP_STATE <{Interop} && [ \"$EDGEOP_STATE\" != enabled ] && /usr/lib/edgeop/interop-on; }}; }} 2>/dev/null; "
            : "";
        return $"{begin}trap : HUP INT QUIT; exec 9>&2 2>/dev/null; ( exec 2>&9 9>&-; {line} ); exit $?";
    }

    /// <summary>
    /// Sends a signal to the program of a session. As a terminal does, HUP, INT and QUIT go to all that the program has started, too.
    /// Waits a little for a program that is only about to start.
    /// </summary>
    /// <param name="signal">Without SIG.</param>
    public static string Signal(string session, string signal) => Signal(session, signal, "1 2 3 4 5 6 7 8 9 10");

    /// <summary>
    /// Waits for its input to end, which it does with whoever writes to it, and hangs the program up then, as a terminal does. A line
    /// before that means that all is in order.
    /// </summary>
    public static string HangUpAtEnd(string session) => $"trap : HUP; read -r _ && exit 0\n{Signal(session, "HUP", "1")}";

    private static string Signal(string session, string signal, string tries) => $$"""
        for try in {{tries}}; do
        for file in $(grep -lszF '{{SessionVariable}}={{session}}' /proc/[0-9]*/environ 2>/dev/null); do
        id=${file#/proc/}; id=${id%/environ}
        read -r stat <"/proc/$id/stat" || continue
        set -- ${stat##*) }
        [ "$2" = "$4" ] || continue
        kill -s {{signal}} {{(signal is "HUP" or "INT" or "QUIT" ? "-- -$3" : "$id")}} && exit
        done
        sleep 0.2
        done 2>/dev/null
        exit 1
        """;

    /// <summary>In the environment of every program that edgeop runs in a guest, a word that no other one has.</summary>
    private const string SessionVariable = "EDGEOP_SESSION";
}
