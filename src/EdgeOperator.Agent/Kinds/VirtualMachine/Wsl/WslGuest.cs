using EdgeOperator.Core.Kinds.VirtualMachine;

namespace EdgeOperator.Agent.Kinds.VirtualMachine.Wsl;

/// <summary>What the agent does inside of a distribution, as root.</summary>
internal sealed class WslGuest(WslProgram program, string distribution)
{
    /// <summary>Where the agent keeps what it must know of the guest.</summary>
    public const string Folder = "/etc/edgeoperator";

    private const string Configuration = "/etc/wsl.conf";
    public const string MarkFile = Folder + "/machine";

    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan ProvisioningTimeout = TimeSpan.FromMinutes(30);

    /// <summary>Makes the guest known as the agent's.</summary>
    public Task MarkAsync(string mark, CancellationToken cancellation) =>
        ScriptAsync($"set -e\nmkdir -p {Folder}\nprintf '%s\\n' {mark} > {MarkFile}\n", Timeout, cancellation);

    public async Task<bool> HasMarkAsync(string mark, CancellationToken cancellation) =>
        (await program.AskAsync(Root("cat", MarkFile), "", Timeout, cancellation)) is { ExitCode: 0 } answer && answer.Text.Trim() == mark;

    /// <summary>Sets entries of <c>wsl.conf</c> and leaves all others there.</summary>
    /// <returns>Whether the file is another one now; the distribution reads it when it starts.</returns>
    public async Task<bool> ConfigureAsync(VirtualMachineSpec machine, IEnumerable<string> formerly, CancellationToken cancellation)
    {
        var wanted = WslEntries.OfGuest(machine);
        var answer = await program.AskAsync(Root("cat", Configuration), "", Timeout, cancellation);
        var text = answer.ExitCode == 0 ? answer.Text : "";
        var given = wanted.Select(entry => new KeyValuePair<string, string?>(entry.Key, entry.Value));
        var obsolete = formerly.Where(entry => !wanted.ContainsKey(entry)).Select(entry => new KeyValuePair<string, string?>(entry, null));
        if (WslConfigText.Merge(text, given.Concat(obsolete)) is var merged && merged == text)
            return false;
        await program.RunAsync(Root("tee", Configuration + ".edgeop"), Timeout, cancellation, merged);
        await program.RunAsync(Root("mv", "-f", Configuration + ".edgeop", Configuration), Timeout, cancellation);
        return true;
    }

    /// <summary>Starts the guest, unless it runs, and puts in place what it forgets whenever it ends.</summary>
    public Task BootAsync(VirtualMachineConfig shape, CancellationToken cancellation) => ScriptAsync(WslMount.Script(shape), Timeout, cancellation);

    public Task ProvisionAsync(MachineProvisioning provisioning, CancellationToken cancellation) =>
        ScriptAsync(Windows.ProvisioningScript.Of(provisioning, Folder, provisioning.Hash), ProvisioningTimeout, cancellation);

    /// <summary>Ends the guest once what it wrote is on its disk: WSL itself just kills it.</summary>
    public async Task StopAsync(bool isRunning, CancellationToken cancellation)
    {
        if (isRunning)
            await program.AskAsync(Root("sync"), "", Timeout, cancellation);
        await program.RunAsync(WslCommands.Terminate(distribution), Timeout, cancellation);
    }

    /// <summary>What a kernel or a journal has to say, newest last.</summary>
    public Task<string> LogAsync(int lines, CancellationToken cancellation) =>
        ScriptAsync($"if [ -d /run/systemd/system ]; then journalctl --no-pager -q -n {lines}; else dmesg | tail -n {lines}; fi\n", Timeout, cancellation);

    // Through standard input, so that no quoting of Windows or of wsl.exe has a say.
    private Task<string> ScriptAsync(string script, TimeSpan limit, CancellationToken cancellation) => program.RunAsync(Root("sh", "-s"), limit, cancellation, script);

    private IReadOnlyList<string> Root(params string[] command) => WslCommands.Run(distribution, "root", command);
}
