using System.CommandLine;
using EdgeOperator.Cli.Completion;

namespace EdgeOperator.Cli.Verbs;

/// <summary>Asked by the scripts of <see cref="CompletionVerb"/>: what could stand at a position of a command line.</summary>
internal sealed class CompleteVerb : Verb
{
    private readonly Argument<int> _position = new("POSITION");
    private readonly Argument<string> _line = new("LINE");

    public CompleteVerb()
        : base("complete", "Words that could stand at a position of a command line, one a line")
    {
        Hidden = true;
        Add(_position);
        Add(_line);
    }

    public override Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var full = call.Get(_line)!;
        var text = full[..Math.Clamp(call.Get(_position), 0, full.Length)];
        var (before, word) = (text[..(text.LastIndexOf(' ') + 1)], text[(text.LastIndexOf(' ') + 1)..]);
        var root = Parents.OfType<Command>().Single();
        foreach (var offer in root.Parse(before).GetCompletions(before.Length).Select(c => c.InsertText ?? c.Label).Distinct().Where(o => IsWanted(o, word)))
            call.Printer.Out.WriteLine(offer);

        return Task.FromResult(ExitCode.Done);
    }

    /// <summary>Options only when one was begun, and then not their short forms.</summary>
    private static bool IsWanted(string offer, string word) => word.StartsWith('-')
        ? offer.StartsWith("--", StringComparison.Ordinal) && offer.StartsWith(word, StringComparison.Ordinal)
        : offer == Suggestions.Files || (!offer.StartsWith('-') && offer.StartsWith(word, StringComparison.OrdinalIgnoreCase));
}
