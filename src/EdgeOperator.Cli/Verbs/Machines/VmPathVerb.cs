using System.CommandLine;
using EdgeOperator.Cli.Completion;
using EdgeOperator.Cli.Machines;
using EdgeOperator.Core.Interop;
using EdgeOperator.Core.Manifests;

namespace EdgeOperator.Cli.Verbs.Machines;

/// <summary>What <c>wslpath</c> is to WSL.</summary>
internal sealed class VmPathVerb : Verb
{
    private readonly Option<bool> _toGuest = new("-u") { Description = "From the host's form to the guest's (default)" };
    private readonly Option<bool> _toHost = new("-w") { Description = "From the guest's form to the host's" };
    private readonly Option<bool> _mixed = new("-m") { Description = "As -w, with / in place of \\" };
    private readonly Option<bool> _absolute = new("-a") { Description = "Make the result absolute" };
    private readonly Option<string?> _machine = new Option<string?>("--vm") { Description = "The virtual machine (default: the only one)", HelpName = "NAME" }.Suggest(Suggestions.Machines);
    private readonly Argument<string> _path = new Argument<string>("PATH") { Description = "What to translate; it need not exist" }.Suggest(Suggestions.Paths);

    public VmPathVerb()
        : base("path", "Translate a path of the host to the guest's, or back")
    {
        foreach (var option in (Option[])[_toGuest, _toHost, _mixed, _absolute, _machine])
            Add(option);
        Add(_path);
    }

    public override Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        if (new[] { _toGuest, _toHost, _mixed }.Count(call.Get) > 1)
            throw UserError.Invalid("-u, -w and -m exclude one another: keep one");
        var form = call.Get(_mixed) ? PathForm.Mixed : call.Get(_toHost) ? PathForm.Host : PathForm.Guest;
        var machine = AccessFile.Read(call.Get(_machine) ?? Only(call.ConfigFile), call.ConfigFile);
        var paths = machine.Paths();
        var path = call.Get(_path)!;
        var here = Environment.CurrentDirectory;
        var result = paths.Translate(form, path, form == PathForm.Guest ? here : paths.ToGuest(here) ?? "/", call.Get(_absolute))
            ?? throw new UserError(ExitCode.Failed, $"{path} is in no shared folder of {KindNames.VirtualMachine}/{machine.Name}, so the other side can't see it");
        call.Printer.Out.WriteLine(result);
        return Task.FromResult(ExitCode.Done);
    }

    private static string Only(string config) => AccessFile.Machines(config).ToList() switch
    {
        [var only] => only,
        [] => throw UserError.Invalid("no virtual machine was ever started on this device"),
        var several => throw UserError.Invalid($"which of {string.Join(", ", several)}? Name one with --vm"),
    };
}
