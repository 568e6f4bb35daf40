using System.Text.Json;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Protocol;

namespace EdgeOperator.Cli.Machines;

/// <summary>Finds out how a machine is reached, with nobody's help: the agent need not run.</summary>
internal static class AccessFile
{
    /// <param name="config">The agent's configuration; null for the usual one.</param>
    /// <exception cref="UserError">There is no such machine, or its files can't be read.</exception>
    public static MachineAccess Read(string machine, string? config)
    {
        var folder = FolderOf(machine, config);
        try
        {
            return ReadFile(Path.Combine(folder, MachineAccess.FileName));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw Directory.Exists(folder)
                ? new UserError(ExitCode.AgentUnreachable, $"{KindNames.VirtualMachine}/{machine} has not been started yet: `edgeop describe {KindNames.VirtualMachine} {machine}` says why")
                : UserError.Invalid($"there is no virtual machine {machine} on this device ({Path.GetDirectoryName(folder)}): `edgeop get {KindNames.VirtualMachine}` has them all");
        }
        catch (UnauthorizedAccessException)
        {
            throw new UserError(ExitCode.Failed, $"{folder} may not be read: run edgeop as the agent's user, which is root as a rule");
        }
    }

    /// <summary>Where a machine has its files.</summary>
    /// <exception cref="UserError">No machine can have the name.</exception>
    public static string FolderOf(string machine, string? config) => machine is "" or "." or ".." || machine.AsSpan().IndexOfAny('/', '\\', ':') >= 0
        ? throw UserError.Invalid($"\"{machine}\" can't be the name of a machine")
        : Path.Combine(Folder(config ?? StandardPaths.Configuration), machine);

    /// <summary>Every machine of this device that was ever started.</summary>
    public static IEnumerable<string> Machines(string? config)
    {
        try
        {
            var machines = Folder(config ?? StandardPaths.Configuration);
            return Directory.EnumerateDirectories(machines).Where(f => File.Exists(Path.Combine(f, MachineAccess.FileName))).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal).ToList();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or UserError)
        {
            return [];
        }
    }

    /// <exception cref="IOException">It is not there, or not what it should be.</exception>
    public static MachineAccess ReadFile(string file)
    {
        try
        {
            return MachineAccess.Parse(File.ReadAllBytes(file));
        }
        catch (JsonException e)
        {
            throw new IOException($"{file} is damaged; the agent writes it anew when it looks at the machine: {e.Message}", e);
        }
    }

    private static string Folder(string config)
    {
        if (PlainConfiguration.MachinesFolder(config) is { } plain)
            return plain;
        var read = ConfigurationFile.Read(config);
        return read.VirtualMachines.FolderIn(read.StateDirectory);
    }
}
