using System.CommandLine;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Protocol;

namespace EdgeOperator.Cli.Hub.Steering;

internal sealed class HubExecVerb : Verb
{
    /// <summary>Stands for the device itself.</summary>
    private const string Host = nameof(Host);

    private readonly HubDevice _device = new();
    private readonly Argument<string[]> _words = new("KIND/NAME")
    {
        Arity = ArgumentArity.ZeroOrMore,
        HelpName = "KIND/NAME -- COMMAND",
        Description = "The module or virtual machine, or Host for the device itself where it allows that; after --, the program and its arguments",
    };

    private readonly Option<bool> _input = new("--stdin", "-i") { Description = "Pass standard input on" };
    private readonly Option<bool> _terminal = new("--tty", "-t") { Description = "Give the command this terminal" };
    private readonly ReasonOption _reason = new();

    public HubExecVerb()
        : base("exec", "Run a command on a device, in a module or a virtual machine, and exit with its code: exec -it DEVICE KIND NAME -- COMMAND")
    {
        Add(_device);
        Add(_words);
        Add(_input);
        Add(_terminal);
        Add(_reason);
    }

    public override async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var (resource, command) = Read(call);
        var hasTerminal = call.Get(_terminal);
        if (hasTerminal && !call.Terminal.HasKeyboard)
            throw UserError.Invalid("--tty needs a terminal, and standard input is none: leave --tty out");
        var request = new ExecRequest(command) { HasInput = call.Get(_input), HasTerminal = hasTerminal, Size = call.Terminal.Size };
        using var hub = HubClient.Of(call);
        using var exec = await hub.ExecAsync(
            $"{_device.PathOf(call)}/exec{HubClient.Query(("resource", resource.ToString()), ("reason", call.Get(_reason)))}", call.Get(_device)!, request, cancellation);
        return await AttachedCommand.RunAsync(call.Terminal, exec, request, cancellation);
    }

    // Without -- it could not be said where the name ends and the command begins.
    private (ResourceId Resource, string[] Command) Read(Call call)
    {
        var words = call.Get(_words) ?? [];
        var count = Math.Min(call.WordsBehindDashes, words.Length);
        var (named, command) = (words[..^count], words[^count..]);
        if (command.Length == 0)
            throw UserError.Invalid("there is no command: write it after --, such as edgeop hub exec till-17 EdgeModule/web -- ls /");
        return named switch
        {
            [var text] when text.Equals(Host, StringComparison.OrdinalIgnoreCase) => (new(Host, "device"), command),
            [var text] => (ResourceName.Parse(text), command),
            [var kind, var name] => (ResourceName.Parse(kind, name), command),
            [] => throw UserError.Invalid("there is no resource: write it before --, such as edgeop hub exec till-17 EdgeModule/web -- ls /"),
            _ => throw UserError.Invalid($"\"{string.Join(' ', named)}\" is more than one resource: the command comes after --"),
        };
    }
}
