using System.CommandLine;
using System.CommandLine.Parsing;
using EdgeOperator.Agent.LocalApi;
using EdgeOperator.Cli.Output;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Core.Text;
using EdgeOperator.Platform.Logging;
using Microsoft.Extensions.Logging;

namespace EdgeOperator.Cli;

/// <summary>One run of a verb: what was asked, and where the answer goes.</summary>
internal sealed class Call(ParseResult line, GlobalOptions options, Terminal terminal)
{
    public Terminal Terminal => terminal;

    public Printer Printer { get; } = options.Printer(line, terminal);

    public ErrorLines Errors => field ??= new(terminal, Printer.ErrorHasColour);

    public bool IsVerbose => line.GetValue(options.Verbose);

    public string ConfigFile => line.GetValue(options.Config)!;

    private bool IsConfigGiven => line.GetResult(options.Config) is { Implicit: false };

    /// <summary>How many words stand behind the first <c>--</c>.</summary>
    public int WordsBehindDashes => line.Tokens.SkipWhile(token => token.Type != TokenType.DoubleDash).Skip(1).Count();

    public T? Get<T>(Argument<T> argument) => line.GetValue(argument);

    public T? Get<T>(Option<T> option) => line.GetValue(option);

    /// <summary>The running agent. Nothing is sent yet.</summary>
    public AgentApiClient Agent() => new(AgentSocket.Find(
        line.GetValue(options.Socket), ConfigFile, IsConfigGiven));

    /// <summary>The agent's configuration, with <c>--socket</c> in its place.</summary>
    /// <exception cref="UserError">It can't be read or is invalid.</exception>
    public AgentConfiguration Configuration()
    {
        var configuration = ConfigurationFile.Read(ConfigFile, Errors.Warn);
        return line.GetValue(options.Socket) is { } socket ? configuration with { Api = configuration.Api with { Socket = socket } } : configuration;
    }

    /// <summary>
    /// The same with what was named on the command line in the place of its sources. Whoever names manifests needs no configuration:
    /// without one the device is taken as it is.
    /// </summary>
    /// <exception cref="UserError">It can't be read or is invalid.</exception>
    public AgentConfiguration Configuration(GivenManifests given)
    {
        if (given.IsEmpty || IsConfigGiven || File.Exists(ConfigFile))
            return given.In(Configuration());

        var configuration = DefaultConfiguration.Of(terminal);
        Errors.Warn([$"there is no configuration ({ConfigFile}): the device is {configuration.Device.Name}, without labels, and its state is kept in {configuration.StateDirectory}"]);
        return given.In(line.GetValue(options.Socket) is { } socket ? configuration with { Api = new() { Socket = socket } } : configuration);
    }

    /// <summary>Prints lines that come as bytes: as they are, or a document each.</summary>
    /// <param name="hasTimes">Each line begins with its time and a space.</param>
    public async Task PrintLinesAsync(Func<Stream, Task> copy, bool hasTimes = false)
    {
        if (!Printer.IsDocument)
        {
            await copy(Terminal.Bytes);
            return;
        }

        await using var documents = new LineDocuments(Printer, hasTimes);
        await copy(documents);
    }

    /// <summary>Logs to standard error: what happens, for people; with -v also how.</summary>
    public ILoggerFactory Loggers() =>
        ProgramLogging.Create(terminal.StyledError, IsVerbose, Printer.ErrorHasColour, TerminalText.EscapeLine, terminal.Time, terminal.Variable);

    /// <summary>As <see cref="Loggers"/>, but only with -v: for a verb whose output says it all.</summary>
    public ILoggerFactory QuietLoggers() => IsVerbose ? Loggers() : LoggerFactory.Create(_ => { });
}
