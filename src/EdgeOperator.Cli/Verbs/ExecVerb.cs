using System.CommandLine;
using EdgeOperator.Cli.Machines;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Protocol;

namespace EdgeOperator.Cli.Verbs;

internal sealed class ExecVerb : Verb
{
    private readonly ResourceArguments _resource = new("The module or virtual machine");
    private readonly Argument<string[]> _command = new("COMMAND") { Description = "After --: the program and its arguments", Arity = ArgumentArity.ZeroOrMore };
    private readonly Option<bool> _input = new("--stdin", "-i") { Description = "Pass standard input on (machines: always)" };
    private readonly Option<bool> _terminal = new("--tty", "-t") { Description = "Give the command this terminal (machines: whenever there is one)" };
    private readonly ReasonOption _reason = new();

    public ExecVerb()
        : base("exec", "Run a command in the container of a module, or in a virtual machine, and exit with its code: exec -it KIND NAME -- COMMAND")
    {
        _resource.AddTo(this);
        Add(_command);
        Add(_input);
        Add(_terminal);
        Add(_reason);
    }

    public override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var (resource, command) = Read(call);
        if (resource.Kind == KindNames.VirtualMachine)
        {
            var guest = new GuestCall(resource.Name, [.. command]) { Config = call.ConfigFile };
            return OperatingSystem.IsLinux() && AgentExec.Applies(guest) ? await AgentExec.RunAsync(call, guest, cancellation) : await Task.Run(() => GuestExec.Run(guest), cancellation);
        }

        var (hasInput, hasTerminal) = (call.Get(_input), call.Get(_terminal));
        if (hasTerminal && !call.Terminal.HasKeyboard)
            throw UserError.Invalid("--tty needs a terminal, and standard input is none: leave --tty out");

        var request = new ExecRequest(command) { HasInput = hasInput, HasTerminal = hasTerminal, Size = call.Terminal.Size };
        using var agent = call.Agent();
        using var exec = await agent.ExecAsync(resource, request, cancellation, call.Get(_reason));
        return await AttachedCommand.RunAsync(call.Terminal, exec, request, cancellation);
    }

    // Without -- it could not be said where the name ends and the command begins.
    private (ResourceId Resource, string[] Command) Read(Call call)
    {
        string[] words = [.. ((string?[])[_resource.Kind(call), _resource.Name(call)]).OfType<string>(), .. call.Get(_command) ?? []];
        var count = call.WordsBehindDashes;
        var (named, command) = (words[..^Math.Min(count, words.Length)], words[^Math.Min(count, words.Length)..]);
        if (command.Length == 0)
            throw UserError.Invalid("there is no command: write it after --, such as edgeop exec EdgeModule/web -- ls /");

        return named switch
        {
            [var text] => (ResourceName.Parse(text), command),
            [var kind, var name] => (ResourceName.Parse(kind, name), command),
            [] => throw UserError.Invalid("there is no resource: write it before --, such as edgeop exec EdgeModule/web -- ls /"),
            _ => throw UserError.Invalid($"\"{string.Join(' ', named)}\" is more than one resource: the command comes after --"),
        };
    }
}
