using System.Text.Json;
using EdgeOperator.Cli.Machines;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Protocol;

namespace EdgeOperator.Launcher;

/// <summary><c>edgeop vm exec</c> and <c>vm shell</c>, where everything is as it nearly always is.</summary>
internal static class GuestExecCommand
{
    /// <returns>
    /// The exit code; null when it is another verb, or when anything is unusual, and then nothing has been done: the agent's program
    /// makes the connection that is missing, or says what is wrong.
    /// </returns>
    public static int? TryRun(string[] line)
    {
        if (GuestCall.TryRead(Given.Arguments(line)) is not { } call || TryFind(call) is not { } access || KeptConnection.TryOpen(access, call.UserOf(access)) is not { } connection)
            return null;
        using (connection)
            return PlainErrors.Report(() => GuestSession.Run(call, access, connection), PlainErrors.Complain);
    }

    private static MachineAccess? TryFind(GuestCall call)
    {
        if (call.Machine.Contains('/') || PlainConfiguration.MachinesFolder(call.Config ?? StandardPaths.Configuration) is not { } machines)
            return null;
        try
        {
            return MachineAccess.Parse(File.ReadAllBytes(Path.Combine(machines, call.Machine, MachineAccess.FileName)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }
}
