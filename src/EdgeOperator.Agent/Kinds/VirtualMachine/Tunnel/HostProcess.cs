using System.Collections.Immutable;

namespace EdgeOperator.Agent.Kinds.VirtualMachine.Tunnel;

/// <summary>What the processes of the host's end need of this device.</summary>
internal static class HostProcess
{
    /// <summary>It waits nearly all of its life, so it must be small.</summary>
    public static ImmutableSortedDictionary<string, string> Environment { get; } = Ssh.Environment
        .Add("DOTNET_EnableDiagnostics", "0")
        .Add("DOTNET_GCHeapHardLimit", "0x1000000");

    /// <summary>
    /// Whether an account has its password locked (shadow(5)): sshd then lets nobody in unless PAM is to decide. False for
    /// whoever may not read that file, as sshd can't either.
    /// </summary>
    public static bool IsLocked(string user, string shadow = "/etc/shadow")
    {
        try
        {
            return File.ReadLines(shadow).Any(line => line.StartsWith($"{user}:!", StringComparison.Ordinal));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>The command that starts this very program: a file of its own, or an assembly that dotnet runs.</summary>
    public static ImmutableArray<string> Own()
    {
        var program = System.Environment.ProcessPath ?? "edgeop";
        return Path.GetFileNameWithoutExtension(program) == "dotnet" ? [program, System.Environment.GetCommandLineArgs()[0]] : [program];
    }
}
