using System.Text;
using EdgeOperator.Core.Text;

namespace EdgeOperator.Cli.Output;

/// <summary>Escapes all that is written through it (<see cref="TerminalText"/>), and passes it on at once.</summary>
internal sealed class EscapingWriter : TextWriter
{
    private readonly TextWriter _inner;
    private readonly TerminalEscaper _escaper = new();
    private readonly StringBuilder _escaped = new();

    public EscapingWriter(TextWriter inner)
    {
        _inner = inner;
        NewLine = "\n";
    }

    public override Encoding Encoding => _inner.Encoding;

    public override void Write(char value) => Write([value]);

    public override void Write(char[] buffer, int index, int count) => Write(buffer.AsSpan(index, count));

    public override void Write(string? value) => Write(value.AsSpan());

    public override void WriteLine(string? value) => Write($"{value}\n".AsSpan());

    public override void Write(ReadOnlySpan<char> buffer)
    {
        _escaper.Append(buffer, _escaped);
        _inner.Write(_escaped.ToString());
        _escaped.Clear();
    }

    public override void Flush() => _inner.Flush();
}
