using System.CommandLine;
using System.CommandLine.Help;
using EdgeOperator.Core.Hub;
using EdgeOperator.Core.Text;
using EdgeOperator.Hub.Replicas;
using EdgeOperator.Hub.Security;
using EdgeOperator.Hub.Telemetry;
using EdgeOperator.Platform.Logging;

namespace EdgeOperator.Hub.Hosting;

/// <summary>The command line as a whole. Errors go to standard error as <c>error: what (where): what to do</c>.</summary>
internal sealed class HubCommand
{
    private const int Done = 0;
    private const int Failed = 1;
    private const int InvalidInput = 3;

    private readonly TextWriter _output;
    private readonly TextWriter _errors;
    private readonly Option<string?> _config = new("--config") { Description = "The hub's own file; without it every setting has its default", HelpName = "FILE", Recursive = true };
    private readonly Option<bool> _verbose = new("--verbose", "-v") { Description = "Log debug messages too" };
    private readonly RootCommand _root;

    public HubCommand(TextWriter output, TextWriter errors)
    {
        (_output, _errors) = (output, errors);
        _root = new("Runs the hub: device twins on Azure IoT Hub's protocols, provisioning and enrollment.");
        foreach (var option in _root.Options.ToArray())
        {
            if (option is not HelpOption)
                _root.Options.Remove(option);
        }

        _root.Options.Add(_config);
        _root.Options.Add(_verbose);
        _root.SetAction(RunHubAsync);
        _root.Add(ConnectionString());
        _root.Add(ResetPassword());
        _root.Add(Backup());
        _root.Add(CopyStore());
        _root.Add(Version());
    }

    /// <returns>0; 1 when something failed; 3 when what was given is invalid.</returns>
    public async Task<int> RunAsync(IReadOnlyList<string> arguments)
    {
        var line = _root.Parse(arguments);
        try
        {
            if (line.Errors.Count > 0 && line.Action is not HelpAction)
                return Report(InvalidInput, $"{string.Join("; ", line.Errors.Select(e => e.Message.TrimEnd('.')).Distinct())} (edgeop-hub {string.Join(' ', arguments)}): `edgeop-hub --help` shows how to write it");
            return await line.InvokeAsync(new() { Output = _output, Error = _errors, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
        }
        catch (HubException e)
        {
            return Report(e.IsInput ? InvalidInput : Failed, e.Message);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            return Report(Failed, e.Message);
        }
    }

    private async Task<int> RunHubAsync(ParseResult line, CancellationToken cancellation)
    {
        var configuration = Read(line.GetValue(_config));
        using var loggers = Loggers(line.GetValue(_verbose));
        await HubProcess.RunAsync(configuration, _output, loggers, TimeProvider.System, cancellation);
        return Done;
    }

    private Command ConnectionString()
    {
        var policy = new Option<string>("--policy") { Description = "The shared access policy whose key stands in it", DefaultValueFactory = _ => "iothubowner" };
        var command = new Command("connection-string", "Print a connection string for Azure's tools and SDKs") { policy };
        command.SetAction(async (line, cancellation) =>
        {
            var configuration = Read(line.GetValue(_config));
            var (store, secrets) = await HubFolder.OpenAsync(configuration, Replica.New(), isServer: false, cancellation);
            await using var database = store;
            using var box = secrets;
            var policies = await Policies.OpenAsync(store, secrets, cancellation);
            var found = policies.Find(line.GetRequiredValue(policy)) ?? throw new HubException($"there is no policy '{line.GetValue(policy)}': known are {string.Join(", ", policies.Names)}", isInput: true);
            await _output.WriteLineAsync($"HostName={configuration.HostName};SharedAccessKeyName={found.Name};SharedAccessKey={Convert.ToBase64String(found.PrimaryKey)}");
            return Done;
        });
        return command;
    }

    private Command ResetPassword()
    {
        var command = new Command("reset-password", "Give the administrator a new one-time password, and print it");
        command.SetAction(async (line, cancellation) =>
        {
            var (store, secrets) = await HubFolder.OpenAsync(Read(line.GetValue(_config)), Replica.New(), isServer: false, cancellation);
            await using var database = store;
            using var box = secrets;
            using var users = new Users(store, new(store, TimeProvider.System), TimeProvider.System);
            await _output.WriteLineAsync(await users.ResetAdministratorAsync(cancellation));
            return Done;
        });
        return command;
    }

    private Command Backup()
    {
        var directory = new Argument<string>("DIRECTORY") { Description = "A directory that is not there yet, or empty" };
        var command = new Command("backup", "Copy the data directory, also while the hub runs; started with the copy as its dataDirectory, a hub is as this one was") { directory };
        command.SetAction(async (line, _) =>
        {
            var configuration = Read(line.GetValue(_config));
            var target = line.GetRequiredValue(directory);
            HubBackup.Make(configuration, target);
            await _output.WriteLineAsync(configuration.Storage.Postgresql is null
                ? $"{target} holds the database, the keys and the CA"
                : $"{target} holds the keys and the CA; the database is PostgreSQL's: back it up with pg_dump --format=custom");
            return Done;
        });
        return command;
    }

    private Command CopyStore()
    {
        var file = new Argument<string>("FILE") { Description = "The hub's own file with storage.postgresql, whose database is empty" };
        var command = new Command("copy-store", "Copy a hub that is stopped from SQLite to PostgreSQL; started with FILE, a hub is as this one was") { file };
        command.SetAction(async (line, cancellation) =>
        {
            var (from, to) = (Read(line.GetValue(_config)), Read(line.GetRequiredValue(file)));
            using var loggers = Loggers(verbose: false);
            var copied = await StoreMove.RunAsync(from, to, loggers.CreateLogger(typeof(StoreMove)), cancellation);
            await _output.WriteLineAsync($"{copied} are in PostgreSQL now: start the hub with --config {line.GetRequiredValue(file)}. What is in {from.DataDirectory} stays as it is");
            return Done;
        });
        return command;
    }

    private Command Version()
    {
        var command = new Command("version", "Show the version");
        command.SetAction(_ => _output.WriteLine($"edgeop-hub {HubVersion.Text}"));
        return command;
    }

    private ILoggerFactory Loggers(bool verbose)
    {
        var isTerminal = !Console.IsErrorRedirected && Environment.GetEnvironmentVariable("NO_COLOR") is null;
        return ProgramLogging.Create(_errors, verbose, isTerminal, TerminalText.EscapeLine, TimeProvider.System, Environment.GetEnvironmentVariable);
    }

    private static HubConfiguration Read(string? path)
    {
        var hostName = Environment.MachineName.ToLowerInvariant();
        if (path is null)
            return HubConfigurationReader.Default(hostName);
        var (configuration, problems) = HubConfigurationReader.Read(new(path, File.ReadAllBytes(path)), hostName);
        return configuration ?? throw new HubException(string.Join("\nerror: ", problems), isInput: true);
    }

    private int Report(int exitCode, string message)
    {
        _errors.WriteLine($"error: {TerminalText.Escape(message)}");
        return exitCode;
    }
}
