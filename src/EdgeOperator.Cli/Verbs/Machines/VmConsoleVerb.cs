using System.CommandLine;
using System.Net.Sockets;
using EdgeOperator.Agent.Kinds.VirtualMachine.Qemu;
using EdgeOperator.Cli.Completion;
using EdgeOperator.Cli.Machines;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Protocol;

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
        using var console = Open(name, AccessFile.FolderOf(name, call.ConfigFile));
        await AttachedConsole.RunAsync(
            call.Terminal,
            name,
            async (output, end) =>
            {
                await output.WriteAsync(console.Earlier(), end);
                await output.FlushAsync(end);
                await CopyAsync(console.Stream, output, end);
            },
            async (typed, end) => await console.Stream.WriteAsync(typed, end),
            cancellation);
        return ExitCode.Done;
    }

    private static SerialConsole Open(string machine, string folder)
    {
        try
        {
            return SerialConsole.Open(machine, folder);
        }
        catch (ControlException e)
        {
            throw e.Reason == SerialConsole.InUse
                ? new UserError(ExitCode.Failed, $"{e.Message}: `edgeop logs {KindNames.VirtualMachine}/{machine} -f` shows what it prints")
                : new UserError(ExitCode.AgentUnreachable, $"{e.Message}: `edgeop vm start {machine}` or `edgeop vm restart {machine}` helps");
        }
    }

    private static async Task CopyAsync(NetworkStream console, Stream output, CancellationToken cancellation)
    {
        var buffer = new byte[4096];
        try
        {
            while (await console.ReadAsync(buffer, cancellation) is var count and > 0)
            {
                await output.WriteAsync(buffer.AsMemory(0, count), cancellation);
                await output.FlushAsync(cancellation);
            }
        }
        catch (IOException)
        {
            // The machine has ended.
        }
    }
}
