using System.Text;
using EdgeOperator.Agent.Sources.Git.Protocol;

namespace EdgeOperator.Agent.Tests.Sources.Git.Protocol;

public sealed class LsRefsTests
{
    private static readonly string One = new('1', 40);
    private static readonly string Two = new('2', 40);
    private static readonly string Long = new('a', 64);

    [Theory]
    [InlineData("sha1", true, false, "version 2\n", "agent=git/2.39.5\n", "ls-refs=unborn\n", "fetch=shallow wait-for-done\n", "object-format=sha1\n")]
    [InlineData("sha256", true, true, "version 2", "ls-refs", "object-format=sha256", "fetch=shallow filter")]
    [InlineData(null, false, false, "version 2\n", "ls-refs\n", "fetch\n")]
    public void What_a_server_can_do_is_read(string? format, bool hasShallow, bool hasFilter, params string[] capabilities)
    {
        var expected = new ServerCapabilities(format, hasShallow, hasFilter);
        LsRefs.ReadCapabilities(Message(capabilities)).Should().Be(expected);
        LsRefs.ReadCapabilities((byte[])[.. Message("# service=git-upload-pack\n"), .. Message(capabilities)]).Should().Be(expected);
    }

    [Theory]
    [InlineData("version 1\n", "ls-refs\n")]
    [InlineData("version 2\n", "fetch\n")]
    [InlineData("version 2\n", "ls-refs\n", "object-format=sha512\n")]
    [InlineData("version 2\n", "ERR maintenance\n")]
    [InlineData("ERR access denied\n")]
    [InlineData("1111111111111111111111111111111111111111 HEAD\0multi_ack symref=HEAD:refs/heads/main\n")]
    [InlineData]
    public void A_server_that_does_not_offer_it_is_refused(params string[] lines) =>
        FluentActions.Invoking(() => LsRefs.ReadCapabilities(Message(lines))).Should().Throw<GitProtocolException>();

    [Fact]
    public void The_first_service_line_may_not_stand_alone() =>
        FluentActions.Invoking(() => LsRefs.ReadCapabilities(Message("# service=git-upload-pack\n"))).Should().Throw<GitProtocolException>();

    [Fact]
    public void A_request_names_the_prefixes_and_asks_for_what_tags_lead_to() =>
        Encoding.ASCII.GetString(LsRefs.Request("sha1", ["refs/heads/main", "refs/tags/"])).Should().Be(
            "0014command=ls-refs\n0017object-format=sha1\n00010009peel\n001fref-prefix refs/heads/main\n001aref-prefix refs/tags/\n0000");

    [Fact]
    public void A_request_names_no_format_that_the_server_does_not_name() =>
        Encoding.ASCII.GetString(LsRefs.Request(null, [])).Should().Be("0014command=ls-refs\n00010009peel\n0000");

    [Fact]
    public void Refs_are_listed_as_git_prints_them() =>
        LsRefs.ReadRefs(Message(
            $"{One} HEAD symref-target:refs/heads/main\n", $"{One} refs/heads/main\n", $"{Two} refs/tags/v1 peeled:{One}\n", $"{Long} refs/tags/ü")).Should().Equal(new Dictionary<string, string>
            {
                ["HEAD"] = One,
                ["refs/heads/main"] = One,
                ["refs/tags/v1"] = Two,
                ["refs/tags/v1^{}"] = One,
                ["refs/tags/ü"] = Long,
            });

    [Fact]
    public void A_repository_without_a_commit_has_no_refs() =>
        LsRefs.ReadRefs(Message("unborn HEAD symref-target:refs/heads/main\n")).Should().BeEmpty();

    [Theory]
    [InlineData("1111 refs/heads/main\n")]
    [InlineData("1111111111111111111111111111111111111111\n")]
    [InlineData("1111111111111111111111111111111111111111 \n")]
    [InlineData("1111111111111111111111111111111111111111 refs/tags/v1 peeled:2222\n")]
    [InlineData("1111111111111111111111111111111111111111 refs/heads/a\nb\n")]
    [InlineData("ERR upload-pack: not our ref\n")]
    public void A_line_that_names_no_ref_is_refused(string line) =>
        FluentActions.Invoking(() => LsRefs.ReadRefs(Message(line))).Should().Throw<GitProtocolException>();

    [Fact]
    public void A_list_that_is_cut_off_or_goes_on_is_refused()
    {
        var list = Message($"{One} refs/heads/main\n");

        FluentActions.Invoking(() => LsRefs.ReadRefs(list.AsMemory(0, list.Length - 4))).Should().Throw<GitProtocolException>();
        FluentActions.Invoking(() => LsRefs.ReadRefs((byte[])[.. list, .. list])).Should().Throw<GitProtocolException>();
        FluentActions.Invoking(() => LsRefs.ReadRefs(default)).Should().Throw<GitProtocolException>();
    }

    private static byte[] Message(params string[] lines) => PktLine.Write([.. lines.Select(PktLine.Of), PktLine.Flush]);
}
