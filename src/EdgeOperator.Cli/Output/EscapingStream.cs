namespace EdgeOperator.Cli.Output;

/// <summary>
/// Bytes from somewhere else, such as a container's log, on their way to a terminal: read as UTF-8 and escaped. Only for writing.
/// </summary>
internal sealed class EscapingStream(TextWriter escaping) : DecodingStream
{
    public override void Flush() => escaping.Flush();

    protected override void WriteText(ReadOnlySpan<char> text) => escaping.Write(text);
}
