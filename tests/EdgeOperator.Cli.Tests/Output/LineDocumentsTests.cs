using System.Text;
using EdgeOperator.Cli.Output;

namespace EdgeOperator.Cli.Tests.Output;

public sealed class LineDocumentsTests
{
    [Fact]
    public void A_line_is_whole_however_its_bytes_come()
    {
        var whole = Encoding.UTF8.GetBytes("grün\r\n\nend");

        Printed(whole.Select(b => (byte[])[b])).Should().Be("{\"line\":\"grün\"}\n{\"line\":\"\"}\n{\"line\":\"end\"}\n");
    }

    [Fact]
    public void A_line_without_end_is_printed_in_parts()
    {
        var parts = Printed([Encoding.ASCII.GetBytes(new string('x', 150_000))]).Split('\n');

        parts.Select(p => p.Count(c => c == 'x')).Should().Equal(65_536, 65_536, 150_000 - (2 * 65_536), 0);
    }

    private static string Printed(IEnumerable<byte[]> parts)
    {
        using var output = new MemoryStream();
        var terminal = new Terminal { Stdout = output, Stderr = TextWriter.Null };
        using (var documents = new LineDocuments(new Printer(terminal, Format.Json, noColour: true), hasTimes: false))
            foreach (var part in parts)
                documents.Write(part, 0, part.Length);
        return Encoding.UTF8.GetString(output.ToArray());
    }
}
