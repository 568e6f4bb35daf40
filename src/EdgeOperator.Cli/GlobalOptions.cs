using System.CommandLine;
using EdgeOperator.Cli.Completion;
using EdgeOperator.Cli.Output;
using EdgeOperator.Core.Manifests;

namespace EdgeOperator.Cli;

/// <summary>The options that every verb takes, before or after it.</summary>
internal sealed class GlobalOptions
{
    private static readonly string[] Formats = ["table", "wide", "json", "yaml"];

    public Option<string> Config { get; } = new Option<string>("--config")
    {
        Description = "The agent's configuration file",
        HelpName = "FILE",
        DefaultValueFactory = _ => StandardPaths.Configuration,
        Recursive = true,
    }.Suggest(Suggestions.Paths);

    public Option<string?> Socket { get; } = new Option<string?>("--socket")
    {
        Description = "The agent's socket (default: api.socket of the configuration)",
        HelpName = "PATH",
        Recursive = true,
    }.Suggest(Suggestions.Paths);

    public Option<string> Output { get; } = OutputOption();

    public Option<bool> NoColor { get; } = new("--no-color") { Description = "Never use colour (as NO_COLOR does)", Recursive = true };

    public Option<bool> Verbose { get; } = new("--verbose", "-v") { Description = "Say more: debug messages, where an error comes from", Recursive = true };

    public Option<bool> Raw { get; } = new("--raw")
    {
        Description = "Print logs and messages as they came, control characters included; on a terminal they are shown escaped otherwise",
        Recursive = true,
    };

    public IEnumerable<Option> All => [Config, Socket, Output, NoColor, Raw, Verbose];

    public Printer Printer(ParseResult line, Terminal terminal) => new(terminal, FormatOf(line), line.GetValue(NoColor));

    private static Option<string> OutputOption()
    {
        var option = new Option<string>("--output", "-o")
        {
            Description = "How to print",
            HelpName = string.Join('|', Formats),
            DefaultValueFactory = _ => Formats[0],
            Recursive = true,
        }.AcceptOnlyFromAmong([.. Formats, "markdown"]);

        // Markdown is for the few verbs that say so.
        option.CompletionSources.Clear();
        option.CompletionSources.Add(Formats);
        return option;
    }

    private Format FormatOf(ParseResult line) =>
        line.Errors.Count == 0 && Enum.TryParse<Format>(line.GetValue(Output), ignoreCase: true, out var format) ? format : Format.Table;
}
