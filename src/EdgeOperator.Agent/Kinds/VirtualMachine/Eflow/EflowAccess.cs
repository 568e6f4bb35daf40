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
/// version to version (Azure/iotedge-eflow, issues 54 and 91). The guest's keys were told over EFLOW's own channel, so none is ever
/// trusted unseen.
/// </summary>
/// <param name="root">The folder of all machines.</param>
internal sealed class EflowAccess(string root, TimeProvider time)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    private readonly HostTool _ssh = new("ssh", new Dictionary<string, string>(), time);
    private readonly HostTool _keygen = new("ssh-keygen", new Dictionary<string, string>(), time);

    /// <summary>The public key that the guest must accept; it is created once.</summary>
    /// <returns>Null when it can't be made: the machine does without.</returns>
    public async Task<string?> KeyAsync(string machine, CancellationToken cancellation)
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

            return string.Join(' ', (await File.ReadAllTextAsync(key + ".pub", cancellation)).Split(' ', '\n').Take(2));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Writes the files by which the command line enters the guest, once that can be reached; its address may be another one after each start.</summary>
    /// <exception cref="IOException">The disk is full or failed.</exception>
    public void Write(VirtualMachineResource machine, EflowObservation host)
    {
        var (name, spec) = (machine.Id.Name, machine.Machine);
        if (host.Address is not { } address || host.HostKeys.IsEmpty || !File.Exists(In(name, "client.pub")))
            return;
        StateFile.WriteChanged(In(name, "known_hosts"), Encoding.UTF8.GetBytes(string.Concat(host.HostKeys.Select(key => $"{MachineAccess.HostAlias} {key}\n"))));
        StateFile.WriteChanged(In(name, "config"), Encoding.UTF8.GetBytes(Config(name, address)));
        GuestAccess.Write(root, new()
        {
            Name = name,
            SshConfig = In(name, "config"),
            SignIn = EflowGuest.User,
            User = spec.User,
            SharedFolders = spec.Shape.SharedFolders,
            Interop = spec.Shape.Interop.Enabled,
            Env = spec.Shape.Interop.Env,
        });
    }

    /// <summary>Whether the machine can be entered.</summary>
    public bool IsWritten(string machine) => File.Exists(In(machine, MachineAccess.FileName));

    /// <summary>Connects to the guest's engine.</summary>
    /// <exception cref="IOException">ssh can't be started.</exception>
    public Stream OpenEngine(string machine) =>
        _ssh.Open(["-F", In(machine, "config"), "-T", MachineAccess.HostAlias, $"sudo -n {ShellWords.Join(GuestEngineLine.Words)}"]);

    /// <summary>Removes the way into the machine.</summary>
    /// <exception cref="IOException">The file can't be deleted.</exception>
    public void Forget(string machine) => GuestAccess.Delete(root, machine);

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
