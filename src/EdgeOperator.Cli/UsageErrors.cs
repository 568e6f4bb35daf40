using System.CommandLine;
using System.CommandLine.Parsing;
using EdgeOperator.Core.Manifests.Schema;

namespace EdgeOperator.Cli;

/// <summary>What is wrong with a command line, and how to write it.</summary>
internal static class UsageErrors
{
    public static IEnumerable<string> Explain(ParseResult line)
    {
        var command = line.CommandResult.Command;
        // What follows an unknown verb was meant for that verb.
        var strangers = command.Subcommands.Any() ? line.UnmatchedTokens.Take(1) : line.UnmatchedTokens;
        var unknown = strangers.Select(token => Unknown(token, line.CommandResult));
        var others = line.Errors
            .Where(e => e.SymbolResult is not CommandResult || line.UnmatchedTokens.Count == 0)
            .Select(e => Other(e, command));

        return unknown.Concat(others).Distinct();
    }

    private static string Unknown(string token, CommandResult result)
    {
        var command = result.Command;
        if (token.StartsWith('-'))
            return $"unknown option \"{token}\": {Suggestion(token.Split('=')[0], OptionsOf(result))}`{FullName(command)} --help` lists the options";

        return command.Subcommands.Any()
            ? $"unknown verb \"{token}\": {Suggestion(token, command.Subcommands.Where(c => !c.Hidden).Select(c => c.Name))}`{FullName(command)} --help` lists the verbs"
            : $"\"{token}\" is one argument too many: `{FullName(command)} --help` shows how to write it";
    }

    private static string Other(ParseError error, Command command)
    {
        var help = $"`{FullName(command)} --help` shows how to write it";
        return error.SymbolResult switch
        {
            ArgumentResult { Tokens.Count: 0 } missing => $"{missing.Argument.Name} is missing: {help}",
            OptionResult { Tokens.Count: 0 } missing => $"{missing.Option.Name} needs a value: {help}",
            OptionResult { Tokens: [var value, ..] } option => $"{option.Option.Name} can't be \"{value.Value}\": {Allowed(option.Option.HelpName, option.Option.ValueType) ?? help}",
            ArgumentResult { Tokens: [var value, ..] } argument =>
                $"{argument.Argument.Name} can't be \"{value.Value}\": {Allowed(argument.Argument.HelpName, argument.Argument.ValueType) ?? help}",
            _ => $"{error.Message.ReplaceLineEndings(" ")}: {help}",
        };
    }

    private static string? Allowed(string? names, Type type) =>
        names?.Contains('|') == true ? $"give one of {names.Replace("|", ", ")}"
        : type == typeof(int) || type == typeof(int?) ? "give a whole number"
        : null;

    private static string Suggestion(string word, IEnumerable<string> candidates) =>
        Spelling.Closest(word, candidates) is { } near ? $"did you mean \"{near}\"? " : "";

    private static IEnumerable<string> OptionsOf(CommandResult result)
    {
        for (var at = result; at is not null; at = at.Parent as CommandResult)
        {
            foreach (var option in at.Command.Options.Where(o => !o.Hidden && (at == result || o.Recursive)))
                yield return option.Name;
        }
    }

    private static string FullName(Symbol command) =>
        command.Parents.OfType<Command>().FirstOrDefault() is { } parent ? $"{FullName(parent)} {command.Name}" : command.Name;
}
