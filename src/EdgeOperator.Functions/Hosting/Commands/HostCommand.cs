using System.CommandLine;
using System.CommandLine.Help;
using EdgeOperator.Core.Text;
using EdgeOperator.Functions.App;

namespace EdgeOperator.Functions.Hosting.Commands;

/// <summary>The command line as a whole. Errors go to standard error as <c>error: what (where): what to do</c>.</summary>
public sealed class HostCommand
{
    private const int Done = 0;
    private const int Failed = 1;
    private const int InvalidInput = 3;

    private readonly TextWriter _output;
    private readonly TextWriter _errors;
    private readonly Composition _composition;
    private readonly RootCommand _root = new("Runs a function app: what `edgeop agent` starts for each, and what developers start by hand.");

    public HostCommand(TextWriter output, TextWriter errors, Composition composition)
    {
        (_output, _errors, _composition) = (output, errors, composition);
        foreach (var option in _root.Options.ToArray())
        {
            if (option is not HelpOption)
                _root.Options.Remove(option);
        }

        _root.Add(Host());
        _root.Add(Run());
        _root.Add(new PublishingCommand(_output));
        _root.Add(Version());
    }

    /// <returns>0; 1 when something failed; 3 when what was given is invalid.</returns>
    public async Task<int> RunAsync(IReadOnlyList<string> arguments)
    {
        var line = _root.Parse(arguments);
        try
        {
            if (line.Errors.Count > 0 && line.Action is not HelpAction)
                return Report(InvalidInput, $"{string.Join("; ", line.Errors.Select(e => e.Message.TrimEnd('.')).Distinct())} (edgeop-functions {string.Join(' ', arguments)}): `edgeop-functions --help` shows how to write it");

            return await line.InvokeAsync(new() { Output = _output, Error = _errors, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
        }
        catch (AppException invalid)
        {
            return Report(InvalidInput, invalid.Message);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return Report(Failed, failure.Message);
        }
    }

    private Command Host()
    {
        var home = new Option<string>("--home") { Description = "The folder of the app's state, with app.json", HelpName = "DIR", Required = true };
        var command = new Command("host", "Host the app that DIR/app.json names, until SIGTERM") { home };
        command.SetAction(async (line, cancellation) =>
        {
            await HostProcess.RunAsync(HomeFolder.Open(line.GetRequiredValue(home)), null, new(), _composition, null, TimeProvider.System, cancellation);
            return Done;
        });
        return command;
    }

    private Command Run()
    {
        var folder = new Argument<string>("DIR") { Description = "The app's folder, with host.json" };
        var port = new Option<int?>("--port") { Description = "The port of HTTP triggers (default: 7071, or LocalHttpPort of local.settings.json)" };
        var instances = new Option<int>("--instances") { Description = "Worker processes", DefaultValueFactory = _ => 1 };
        var home = new Option<string?>("--home") { Description = "The folder of the app's state (default: one of its own in the user's state folder)", HelpName = "DIR" };
        var command = new Command("run", "Run an app while it is being developed: with local.settings.json, without keys, its log on the terminal") { folder, port, instances, home };
        command.SetAction(async (line, cancellation) =>
        {
            var local = LocalRun.Of(line.GetRequiredValue(folder), line.GetValue(port), line.GetValue(instances), line.GetValue(home));
            await HostProcess.RunAsync(HomeFolder.Open(local.Home), local.Request, new() { AreOpen = true }, _composition, _output, TimeProvider.System, cancellation);
            return Done;
        });
        return command;
    }

    private Command Version()
    {
        var command = new Command("version", "Show the version");
        command.SetAction(_ => _output.WriteLine($"edgeop-functions {HostVersion.Text}"));
        return command;
    }

    private int Report(int exitCode, string message)
    {
        _errors.WriteLine($"error: {TerminalText.Escape(message)}");
        return exitCode;
    }
}
