using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace EdgeOperator.Core.Manifests.Nodes;

/// <summary>The events of a YAML text, one after the other.</summary>
internal sealed class YamlEvents
{
    private readonly string _file;
    private readonly string _text;
    private readonly Scanner _scanner;
    private readonly Parser _parser;

    public YamlEvents(string file, string text)
    {
        (_file, _text) = (file, text);
        _scanner = new(new StringReader(text), skipComments: true);
        _parser = new(_scanner);
    }

    public ParsingEvent Current => _parser.Current!;

    public Position Where => At(Current.Start);

    /// <summary>Moves to the next event; false at the end of the text.</summary>
    /// <exception cref="UnreadableException">The text is not YAML.</exception>
    public bool Next()
    {
        try
        {
            return _parser.MoveNext();
        }
        catch (YamlException e)
        {
            // The parser reports a bad tab at the start of the mapping around it.
            var isTab = e.Message.Contains("tab", StringComparison.Ordinal);
            throw Invalid(isTab ? _scanner.CurrentPosition : e.Start, e.Message);
        }
        catch (Exception)
        {
            // On some broken input, such as an unclosed bracket, the parser fails with whatever it trips over.
            throw Invalid(_scanner.CurrentPosition, "the text can't go on like this");
        }
    }

    /// <summary>The refusal of what stands here.</summary>
    public UnreadableException Invalid(string reason) => Invalid(Current.Start, reason);

    private UnreadableException Invalid(Mark mark, string reason) => new(
        At(mark),
        $"not valid YAML: {char.ToLowerInvariant(reason[0])}{Quote.Line(reason[1..]).TrimEnd('.')}",
        IsVariable(mark) ? "put the value with the variable in quotes" : "check indentation, quotes and brackets here and just above");

    // Inside [ ] and { }, YAML takes the brace of an unquoted ${…} for its own.
    private bool IsVariable(Mark mark) =>
        mark.Index > 0 && mark.Index < _text.Length && _text.AsSpan((int)mark.Index - 1, 2) is "${";

    private Position At(Mark mark) => new(_file, (int)mark.Line, (int)mark.Column);
}
