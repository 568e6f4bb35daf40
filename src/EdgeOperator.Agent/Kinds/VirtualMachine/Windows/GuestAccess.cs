using System.Text.Json;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Platform.Files;

namespace EdgeOperator.Agent.Kinds.VirtualMachine.Windows;

/// <summary>The file by which the command line enters a guest. It looks for it in a folder of the machine's name, below the folder of all machines.</summary>
internal static class GuestAccess
{
    /// <summary>Whether <see cref="Write"/> would change nothing.</summary>
    /// <exception cref="IOException">The file can't be read.</exception>
    public static bool IsWritten(string root, MachineAccess access) =>
        File.Exists(FileOf(root, access.Name)) && File.ReadAllBytes(FileOf(root, access.Name)).AsSpan().SequenceEqual(Content(access));

    /// <exception cref="IOException">The disk is full or failed.</exception>
    public static void Write(string root, MachineAccess access)
    {
        PrivateFolder.Create(root);
        PrivateFolder.Create(Path.Combine(root, access.Name));
        StateFile.WriteChanged(FileOf(root, access.Name), Content(access));
    }

    /// <summary>Removes the way into a machine; does nothing when there is none.</summary>
    /// <exception cref="IOException">It can't be deleted.</exception>
    public static void Delete(string root, string machine)
    {
        if (File.Exists(FileOf(root, machine)))
            AtomicFile.Delete(FileOf(root, machine));
    }

    private static byte[] Content(MachineAccess access) => JsonSerializer.SerializeToUtf8Bytes(access, AccessJson.Default.MachineAccess);

    private static string FileOf(string root, string machine) => Path.Combine(root, machine, MachineAccess.FileName);
}
