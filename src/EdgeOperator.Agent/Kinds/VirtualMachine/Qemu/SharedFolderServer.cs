using System.Runtime.Versioning;
using EdgeOperator.Core.Interop;
using EdgeOperator.Platform.Files;
using EdgeOperator.Platform.Processes;

namespace EdgeOperator.Agent.Kinds.VirtualMachine.Qemu;

/// <summary>Becomes the program that serves a shared folder, which writes to the host as a guest says: with none of the powers that such a program must not have.</summary>
[SupportedOSPlatform("linux")]
public static class SharedFolderServer
{
    /// <summary>Makes this process the program; returns only by an exception.</summary>
    /// <param name="program">virtiofsd, absolute.</param>
    /// <exception cref="IOException">It could not be started.</exception>
    public static void Exec(string program, IEnumerable<string> arguments)
    {
        try
        {
            SetIdFilter.Apply();
        }
        catch (PlatformNotSupportedException e)
        {
            throw new IOException($"folders can't be shared by virtiofs: {e.Message}", e);
        }

        Posix.Exec(program, [.. arguments.Prepend(program).Select(PosixText.Encode)], [PosixText.Encode("LC_ALL=C")]);
    }
}
