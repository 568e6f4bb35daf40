using System.CommandLine;
using EdgeOperator.Cli.Completion;
using EdgeOperator.Cli.Machines;

namespace EdgeOperator.Cli.Verbs.Machines;

/// <summary>The way into a guest that does not answer: it needs neither the agent, nor the guest's network, nor its sshd.</summary>
internal sealed class VmConsoleVerb : Verb
{
    private readonly Argument<string> _machine = new Argument<string>("NAME") { Description = "The virtual machine" }.Suggest(Suggestions.Machines);

    public VmConsoleVerb()
        : base("console", "Attach to the serial console; Ctrl-] leaves it") => Add(_machine);

    public override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var name = call.Get(_machine)!;
        var access = AccessFile.Read(name, call.ConfigFile);
        if (access.IsOnWindows || !OperatingSystem.IsLinux())
            throw new UserError(ExitCode.Failed, $"Windows shows nobody the console of its machines: `edgeop logs VirtualMachine/{name}` shows the guest's journal");
        using var console = SerialConsole.Open(name, AccessFile.FolderOf(name, call.ConfigFile));
        var terminal = call.Terminal;
        if (terminal.HasKeyboard)
            terminal.Error.WriteLine($"Attached to the console of {name}; Ctrl-] leaves it.");
        using var raw = terminal.HasKeyboard && Native.IsTerminal(0) ? new RawTerminal(0) : null;
        var detached = await console.AttachAsync(terminal.Keys, terminal.HasKeyboard, terminal.HasKeyboard ? terminal.Unescaped : terminal.Bytes, cancellation);
        raw?.Dispose();
        if (terminal.HasKeyboard)
            terminal.Error.WriteLine(detached ? "" : $"\nThe machine {name} has ended.");
        return ExitCode.Done;
    }
}
