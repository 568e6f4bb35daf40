using System.Runtime.Versioning;
using EdgeOperator.Core.Interop;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Protocol;

namespace EdgeOperator.Cli.Machines;

/// <summary>One program in a guest, as if it ran here: its files are this process's own, and it gets this process's signals.</summary>
[SupportedOSPlatform("linux")]
internal sealed class GuestSession
{
    private const int Input = 0;
    private const int Output = 1;
    private const int Errors = 2;

    /// <summary>As ssh ends when it loses the other side.</summary>
    private const int Lost = 255;

    private readonly GuestCall _call;
    private readonly MachineAccess _access;
    private readonly string _user;
    // No secret, only one of its kind; and the cryptographic library takes longer to load than the rest of a call.
    private readonly string _session = Guid.NewGuid().ToString("N");

    private GuestSession(GuestCall call, MachineAccess access) => (_call, _access, _user) = (call, access, call.UserOf(access));

    /// <param name="connection">To the guest, as the call's user.</param>
    /// <returns>The program's exit code.</returns>
    /// <exception cref="UserError">It could not be started; or the connection was lost.</exception>
    public static int Run(GuestCall call, MachineAccess access, ControlConnection connection) => new GuestSession(call, access).Run(connection);

    private int Run(ControlConnection connection)
    {
        var line = GuestLine.Of(_call, _access, _session, Given.Directory(), Given.Variable, out var passed);
        var isTerminal = Native.IsTerminal(Input);
        var wantsTerminal = isTerminal && Native.IsTerminal(Output);

        // Who runs in the background must not take what is typed from the one in front.
        var input = isTerminal && !Native.IsInForeground(Input) ? Native.Open("/dev/null", 0) : Input;
        using var signals = new SignalRelay(Forward, () => Native.Kill(connection.Keeper, SignalRelay.WindowChange), wantsTerminal);
        if (!connection.Start(line, wantsTerminal ? Environment.GetEnvironmentVariable("TERM") ?? "" : null, passed is null ? [] : [$"{GuestCommand.PassedName}={passed}"], [input, Output, Errors], out var refusal))
            throw new UserError(ExitCode.Failed, $"the guest of {KindNames.VirtualMachine}/{_access.Name} refused to run a command: {refusal}");

        using var raw = wantsTerminal ? new RawTerminal(Input) : null;
        using var watch = _call.KeepsRunning || connection.EndsWithin(HangUp.Delay) ? null : new HangUp(_access, _user, _session);
        return connection.Wait() ?? throw new UserError(Lost, $"the connection to {KindNames.VirtualMachine}/{_access.Name} was lost; what the command did is not known");
    }

    /// <returns>Whether there was still somebody to tell.</returns>
    private bool Forward(string signal)
    {
        using var connection = KeptConnection.TryOpen(_access, _user);
        var nothing = Native.Open("/dev/null", 2);
        try
        {
            return connection is not null && connection.Start(GuestLine.Signal(_session, signal), null, [], [nothing, nothing, nothing], out _) && connection.Wait() is not null;
        }
        finally
        {
            _ = Native.Close(nothing);
        }
    }
}
