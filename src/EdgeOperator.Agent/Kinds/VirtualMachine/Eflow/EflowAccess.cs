using System.Text;
using EdgeOperator.Agent.Kinds.VirtualMachine.Tunnel;
using EdgeOperator.Agent.Kinds.VirtualMachine.Windows;
using EdgeOperator.Core.Interop;
using EdgeOperator.Core.Kinds.VirtualMachine;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Platform.Files;

namespace EdgeOperator.Agent.Kinds.VirtualMachine.Eflow;

/// <summary>
/// How the command line enters EFLOW's machine: by ssh, with a key of the agent's own, for where EFLOW keeps its key differs from
/// version to version (Azure/iotedge-eflow, issues 54 and 91). The guest's keys come over EFLOW's own channel, so none is ever
/// trusted unseen.
/// </summary>
/// <param name="root">The folder of all machines.</param>
internal sealed class EflowAccess(string root, TimeProvider time)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    private readonly HostTool _ssh = new("ssh", new Dictionary<string, string>(), time);
    private readonly HostTool _keygen = new("ssh-keygen", new Dictionary<string, string>(), time);

    /// <summary>Whether the guest can be entered at all: where it is, and its keys, are known.</summary>
    public static bool IsReachable(EflowObservation host) => host is { Address: not null, HostKeys.IsEmpty: false };

    /// <summary>Whether the guest lets the agent's key in, and the files say how it is entered now. True as well for a guest that can't be entered at all.</summary>
    /// <exception cref="IOException">They can't be read.</exception>
    public bool IsCurrent(VirtualMachineResource machine, EflowObservation host) => !IsReachable(host)
        || (KeyOf(machine.Id.Name) is { } key && host.AdmittedKeys.Contains(key) && Files(machine, host).All(file => IsWritten(file.Path, file.Content))
            && GuestAccess.IsWritten(root, AccessTo(machine)));

    /// <summary>The public key that the guest must accept; it is created once.</summary>
    /// <returns>Null when it can't be created.</returns>
    public async Task<string?> CreateKeyAsync(string machine, CancellationToken cancellation)
    {
        var (key, made) = (In(machine, "client"), In(machine, "client.new"));
        try
        {
            if (!File.Exists(key + ".pub"))
            {
                PrivateFolder.Create(root);
                PrivateFolder.Create(Path.Combine(root, machine));
                foreach (var file in (string[])[key, made, made + ".pub"])
                    File.Delete(file);

                // Of the kind that EFLOW's own key is (issue 303). ssh-keygen keeps the file from others, on Windows too.
                if ((await _keygen.RunAsync(["-q", "-t", "ecdsa", "-b", "521", "-N", "", "-C", "edgeop", "-f", made], "", Timeout, cancellation)).ExitCode != 0)
                    return null;

                // The public half last: where it is, all of the private one is.
                File.Move(made, key);
                File.Move(made + ".pub", key + ".pub");
            }

            return KeyOf(machine);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Writes the files by which the command line enters the guest, once that can be reached; its address may be another one after each start.</summary>
    /// <param name="host">Of a guest that is reachable.</param>
    /// <exception cref="IOException">The disk is full or failed.</exception>
    public void Write(VirtualMachineResource machine, EflowObservation host)
    {
        foreach (var (path, content) in Files(machine, host))
            StateFile.WriteChanged(path, content);
        GuestAccess.Write(root, AccessTo(machine));
    }

    /// <summary>Whether the machine can be entered.</summary>
    public bool IsWritten(string machine) => File.Exists(In(machine, MachineAccess.FileName));

    /// <summary>Connects to the guest's engine.</summary>
    /// <exception cref="IOException">ssh can't be started.</exception>
    public Stream OpenEngine(string machine) =>
        _ssh.Open(["-F", In(machine, "config"), "-T", MachineAccess.HostAlias, $"sudo -n {ShellWords.Join(GuestEngineCommand.Arguments)}"]);

    /// <summary>Removes the way into the machine.</summary>
    /// <exception cref="IOException">The file can't be deleted.</exception>
    public void Forget(string machine) => GuestAccess.Delete(root, machine);

    private (string Path, byte[] Content)[] Files(VirtualMachineResource machine, EflowObservation host) =>
    [
        (In(machine.Id.Name, "known_hosts"), Encoding.UTF8.GetBytes(string.Concat(host.HostKeys.Select(key => $"{MachineAccess.HostAlias} {key}\n")))),
        (In(machine.Id.Name, "config"), Encoding.UTF8.GetBytes(Config(machine.Id.Name, host.Address!))),
    ];

    private static bool IsWritten(string path, byte[] content) => File.Exists(path) && File.ReadAllBytes(path).AsSpan().SequenceEqual(content);

    private MachineAccess AccessTo(VirtualMachineResource machine)
    {
        var (name, spec) = (machine.Id.Name, machine.Machine);
        return new()
        {
            Name = name,
            SshConfig = In(name, "config"),
            SignIn = EflowGuest.User,
            User = spec.User,
            SharedFolders = spec.Shape.SharedFolders,
            Interop = spec.Shape.Interop.Enabled,
            Env = spec.Shape.Interop.Env,
        };
    }

    /// <summary>Null before it was created.</summary>
    private string? KeyOf(string machine) =>
        File.Exists(In(machine, "client.pub")) ? string.Join(' ', File.ReadAllText(In(machine, "client.pub")).Split(' ', '\n').Take(2)) : null;

    private string Config(string machine, string address) => $"""
        Host {MachineAccess.HostAlias}
          HostName {address}
          User {EflowGuest.User}
          GlobalKnownHostsFile "{Written(In(machine, "known_hosts"))}"
        {SshSettings.Of(Written(In(machine, "known_hosts")), Written(In(machine, "client")))}
        """;

    private string In(string machine, string file) => Path.GetFullPath(Path.Combine(root, machine, file));

    // ssh expands percent signs, and takes slashes on Windows too, where a backslash might escape what follows it.
    private static string Written(string path) => (OperatingSystem.IsWindows() ? path.Replace('\\', '/') : path).Replace("%", "%%", StringComparison.Ordinal);
}
