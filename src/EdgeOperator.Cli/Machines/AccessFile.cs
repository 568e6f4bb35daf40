using System.Text.Json;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Protocol;

namespace EdgeOperator.Cli.Machines;

/// <summary>Finds out how a machine is reached, with nobody's help: the agent need not run.</summary>
internal static class AccessFile
{
    private const string Key = "stateDirectory";

    /// <param name="config">The agent's configuration; null for the usual one.</param>
    /// <exception cref="UserError">There is no such machine, or its files can't be read.</exception>
    public static MachineAccess Read(string machine, string? config)
    {
        var machines = Folder(config ?? GlobalOptions.DefaultConfig);
        if (machine is "" or "." or ".." || machine.Contains('/'))
            throw UserError.Invalid($"\"{machine}\" can't be the name of a machine");
        var folder = Path.Combine(machines, machine);
        try
        {
            return ReadFile(Path.Combine(folder, MachineAccess.FileName));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw Directory.Exists(folder)
                ? new UserError(ExitCode.AgentUnreachable, $"{Kinds.VirtualMachine}/{machine} has not been started yet: `edgeop describe {Kinds.VirtualMachine} {machine}` says why")
                : UserError.Invalid($"there is no virtual machine {machine} on this device ({machines}): `edgeop get {Kinds.VirtualMachine}` has them all");
        }
        catch (UnauthorizedAccessException)
        {
            throw new UserError(ExitCode.Failed, $"{folder} may not be read: run edgeop as the agent's user, which is root as a rule");
        }
    }

    /// <summary>Every machine of this device that was ever started.</summary>
    public static IEnumerable<string> Machines(string? config)
    {
        try
        {
            var machines = Folder(config ?? GlobalOptions.DefaultConfig);
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

    /// <summary>Where machines lie. A configuration that says it plainly is not looked at any further.</summary>
    private static string Folder(string config)
    {
        try
        {
            if (PlainStateDirectory(File.ReadAllText(config)) is { } plain)
                return new MachinesConfiguration().FolderIn(plain);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // To be told as everywhere else.
        }

        var read = ConfigurationFile.Read(config);
        return read.VirtualMachines.FolderIn(read.StateDirectory);
    }

    // The key alone on its line, once, with a value without quotes: any other spelling is left to the reader.
    private static string? PlainStateDirectory(string text)
    {
        if (text.IndexOf("virtualMachines", StringComparison.Ordinal) is >= 0 and var machines && text.IndexOf("directory", machines, StringComparison.Ordinal) >= 0)
            return null;
        var at = text.IndexOf(Key, StringComparison.Ordinal);
        if (at < 0)
            return AgentConfiguration.DefaultStateDirectory;
        return string.IsNullOrWhiteSpace(text[(text.LastIndexOf('\n', at) + 1)..at]) && text.IndexOf(Key, at + 1, StringComparison.Ordinal) < 0
            && text[(at + Key.Length)..].Split('\n', 2)[0] is [':', ' ', .. var rest]
            && rest.Trim() is ['/', ..] value && value.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '-' or '_' or '.')
            ? value
            : null;
    }
}
