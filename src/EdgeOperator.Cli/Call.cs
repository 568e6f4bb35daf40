using System.CommandLine;
using EdgeOperator.Agent.LocalApi;
using EdgeOperator.Cli.Output;
using EdgeOperator.Core.Manifests;

namespace EdgeOperator.Cli;

/// <summary>One run of a verb: what was asked, and where the answer goes.</summary>
internal sealed class Call(ParseResult line, GlobalOptions options, Terminal terminal)
{
    public Terminal Terminal => terminal;

    public Printer Printer { get; } = options.Printer(line, terminal);

    public bool IsVerbose => line.GetValue(options.Verbose);

    public string ConfigFile => line.GetValue(options.Config)!;

    public T? Get<T>(Argument<T> argument) => line.GetValue(argument);

    public T? Get<T>(Option<T> option) => line.GetValue(option);

    /// <summary>The running agent. Nothing is sent yet.</summary>
    public AgentApiClient Agent() => new(AgentSocket.Find(line.GetValue(options.Socket)));

    /// <summary>A resource written as <c>Kind/name</c>, or null when none is given.</summary>
    public ResourceId? Resource(Argument<string?> argument) => Get(argument) is { } text ? ResourceName.Parse(text) : null;
}
