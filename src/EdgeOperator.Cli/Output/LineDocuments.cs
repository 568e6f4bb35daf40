using System.Text;
using System.Text.Json.Nodes;

namespace EdgeOperator.Cli.Output;

/// <summary>Lines from somewhere else, such as a container's log, printed as a document each. Only for writing; the last line ends with the stream.</summary>
/// <param name="hasTimes">Each line begins with its time and a space.</param>
internal sealed class LineDocuments(Printer printer, bool hasTimes) : DecodingStream
{
    /// <summary>Characters; what is longer is more than one line.</summary>
    private const int LongestLine = 64 * 1024;

    private readonly StringBuilder _line = new();

    protected override void WriteText(ReadOnlySpan<char> text)
    {
        while (text.IndexOf('\n') is >= 0 and var end)
        {
            Append(text[..end]);
            PrintLine();
            text = text[(end + 1)..];
        }

        Append(text);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && _line.Length > 0)
            PrintLine();
        base.Dispose(disposing);
    }

    private void Append(ReadOnlySpan<char> text)
    {
        while (_line.Length + text.Length > LongestLine)
        {
            var part = LongestLine - _line.Length;
            _line.Append(text[..part]);
            PrintLine();
            text = text[part..];
        }

        _line.Append(text);
    }

    private void PrintLine()
    {
        var line = _line.ToString().TrimEnd('\r');
        _line.Clear();
        var time = hasTimes ? line.IndexOf(' ', StringComparison.Ordinal) : -1;
        printer.PrintNext(time < 0 ? new JsonObject { ["line"] = line } : new JsonObject { ["time"] = line[..time], ["line"] = line[(time + 1)..] });
    }
}
