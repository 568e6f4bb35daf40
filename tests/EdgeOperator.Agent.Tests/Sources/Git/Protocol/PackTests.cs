using System.Text;
using EdgeOperator.Agent.Sources.Git.Protocol;

namespace EdgeOperator.Agent.Tests.Sources.Git.Protocol;

public sealed class PackTests
{
    private static readonly string One = new('1', 40);
    private static readonly string Two = new('2', 40);
    private static readonly string Three = new('3', 40);

    [Fact]
    public void A_request_says_what_is_wanted_what_is_here_and_what_is_left_out() =>
        Encoding.ASCII.GetString(new PackQuery(One, Two, [Two, Three], 3, "blob:limit=10").Write("sha1")).Should().Be(
            $"0012command=fetch\n0017object-format=sha1\n0001000ethin-pack\n0010no-progress\n000eofs-delta\n0035shallow {Two}\n0035shallow {Three}\n"
            + $"000ddeepen 3\n0019filter blob:limit=10\n0032want {One}\n0032have {Two}\n0009done\n0000");

    [Fact]
    public void A_request_has_no_filter_and_no_format_where_there_is_none() =>
        Encoding.ASCII.GetString(new PackQuery(One, Two, [], 1, null).Write(null)).Should().Be(
            $"0012command=fetch\n0001000ethin-pack\n0010no-progress\n000eofs-delta\n000ddeepen 1\n0032want {One}\n0032have {Two}\n0009done\n0000");

    [Fact]
    public void A_pack_is_put_together_from_its_parts_and_progress_is_passed_over()
    {
        var answer = PackAnswer.Read(PktLine.Write(
        [
            Line("shallow-info\n"), Line($"shallow {One}\n"), Line($"unshallow {Two}\n"), PktLine.Delimiter,
            Line("packfile\n"), Line("\u0002counting\n"), Line("\u0001PA"), Line("\u0001CK"), PktLine.Flush,
        ]));

        answer.Shallow.Should().Equal(One);
        answer.Unshallow.Should().Equal(Two);
        Encoding.ASCII.GetString(answer.Pack.Span).Should().Be("PACK");
    }

    [Fact]
    public void What_a_server_says_of_its_failure_is_passed_on()
    {
        Refusal(Line("packfile\n"), Line("\u0001PA"), Line("\u0003out of memory\n"), PktLine.Flush).Should().Be("out of memory");
        Refusal(Line("ERR upload-pack: not our ref\n")).Should().Be("upload-pack: not our ref");
    }

    [Fact]
    public void An_answer_that_is_cut_off_or_something_else_is_refused()
    {
        Refusal(Line("packfile\n"), Line("\u0001PACK")).Should().Contain("cut off");
        Refusal(PktLine.Flush).Should().Contain("cut off");
        Refusal(Line("acknowledgments\n"), Line("NAK\n"), PktLine.Flush).Should().Contain("not asked for");
        Refusal(Line("shallow-info\n"), Line("shallow ../x\n"), PktLine.Flush).Should().Contain("a commit that is none");
        Refusal(Line("packfile\n"), Line("\u0001PACK"), PktLine.Flush, PktLine.Flush).Should().Contain("follows");
        Refusal(Line("packfile\n"), Line(""), PktLine.Flush).Should().Contain("empty");
    }

    private static PktLine Line(string text) => PktLine.Of(text);

    private static string Refusal(params PktLine[] packets) =>
        FluentActions.Invoking(() => PackAnswer.Read(PktLine.Write(packets))).Should().Throw<GitProtocolException>().Which.Message;
}
