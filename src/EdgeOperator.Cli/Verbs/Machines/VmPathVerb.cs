using System.CommandLine;
using EdgeOperator.Cli.Completion;
using EdgeOperator.Cli.Machines;
using EdgeOperator.Core.Interop;
using EdgeOperator.Core.Manifests;

namespace EdgeOperator.Cli.Verbs.Machines;

/// <summary>Translates paths as <c>wslpath</c> does.</summary>
internal sealed class VmPathVerb : Verb
{
    private readonly Argument<string> _path = new Argument<string>("PATH") { Description = "A path of one side" }.Suggest(Suggestions.Paths);
    private readonly Option<bool> _toGuest = new("-u") { Description = "From the host's to the guest's (as without any)" };
    private readonly Option<bool> _toHost = new("-w") { Description = "From the guest's to the host's" };
    private readonly Option<bool> _mixed = new("-m") { Description = "As -w, with / in the place of \\ on Windows" };
    private readonly Option<bool> _absolute = new("-a") { Description = "Make it absolute" };
    private readonly Option<string?> _machine = new Option<string?>("--vm") { Description = "The virtual machine (default: the only one)", HelpName = "NAME" }.Suggest(Suggestions.Machines);

    public VmPathVerb()
        : base("path", "Translate a path between host and guest")
    {
        Add(_path);
        Add(_toGuest);
        Add(_toHost);
        Add(_mixed);
        Add(_absolute);
        Add(_machine);
    }

    public override Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        if (new[] { _toGuest, _toHost, _mixed }.Count(call.Get) > 1)
            throw UserError.Invalid("-u, -w and -m exclude each other: give one of them");
        var form = call.Get(_toHost) ? PathForm.Host : call.Get(_mixed) ? PathForm.Mixed : PathForm.Guest;
        var access = AccessFile.Read(call.Get(_machine) is { } named ? MachineName.Of(named) : Only(call.ConfigFile), call.ConfigFile);
        var paths = new PathMap(HostStyle.Unix, access.SharedFolders);
        var (path, here) = (call.Get(_path)!, Environment.CurrentDirectory);
        var directory = form == PathForm.Guest ? here : paths.ToGuest(here) ?? "/";
        if (paths.Translate(form, path, directory, call.Get(_absolute)) is not { } translated)
        {
            var (from, to) = form == PathForm.Guest ? ("the host's", "the guest") : ("the guest's", "the host");
            throw new UserError(ExitCode.Failed, $"{from} {path} lies in no shared folder, so {to} can't see it: sharedFolders of {Kinds.VirtualMachine}/{access.Name} lists them");
        }

        call.Printer.Out.WriteLine(translated);
        return Task.FromResult(ExitCode.Done);
    }

    private static string Only(string config) => AccessFile.Machines(config).ToList() switch
    {
        [var only] => only,
        [] => throw UserError.Invalid("this device has no virtual machine that was ever started"),
        var several => throw UserError.Invalid($"this device has several virtual machines: give --vm, one of {string.Join(", ", several)}"),
    };
}
