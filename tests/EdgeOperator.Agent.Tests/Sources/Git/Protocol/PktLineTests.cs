using System.Text;
using EdgeOperator.Agent.Sources.Git.Protocol;
using FsCheck;
using FsCheck.Fluent;

namespace EdgeOperator.Agent.Tests.Sources.Git.Protocol;

public sealed class PktLineTests
{
    [Fact]
    public void Packets_are_written_as_the_protocol_s_own_examples() =>
        Encoding.ASCII.GetString(PktLine.Write([PktLine.Of("a\n"), PktLine.Of("a"), PktLine.Of("foobar\n"), PktLine.Of(""), PktLine.Delimiter, PktLine.Flush]))
            .Should().Be("0006a\n0005a000bfoobar\n000400010000");

    [Fact]
    public void What_was_written_is_read_back() => Prop.ForAll<byte[][]>(contents =>
    {
        PktLine[] packets = [.. contents.Select(content => new PktLine(PktLineKind.Data, content)), PktLine.Delimiter, new(PktLineKind.ResponseEnd, default), PktLine.Flush];

        return PktLine.Read(PktLine.Write(packets)).Select(Plain).SequenceEqual(packets.Select(Plain));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Packets_that_are_cut_off_anywhere_are_refused() => Prop.ForAll<NonEmptyArray<byte>, PositiveInt>((content, at) =>
    {
        var bytes = PktLine.Write([new(PktLineKind.Data, content.Get)]);

        return IsRefused(bytes[..(1 + (at.Get % (bytes.Length - 1)))]);
    }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("0003")]
    [InlineData("fff5x")]
    [InlineData("-001")]
    [InlineData(" 004")]
    [InlineData("00g0")]
    [InlineData("<!DOCTYPE html>")]
    public void What_is_no_packet_is_refused(string text) => IsRefused(Encoding.ASCII.GetBytes(text)).Should().BeTrue();

    [Fact]
    public void A_packet_may_be_as_long_as_the_protocol_allows_and_no_longer()
    {
        var longest = new byte[PktLine.MaxContent];

        PktLine.Read(PktLine.Write([new(PktLineKind.Data, longest)])).Single().Content.Length.Should().Be(PktLine.MaxContent);
        FluentActions.Invoking(() => PktLine.Write([new(PktLineKind.Data, new byte[PktLine.MaxContent + 1])])).Should().Throw<ArgumentException>();
    }

    private static (PktLineKind, string) Plain(PktLine packet) => (packet.Kind, Convert.ToHexString(packet.Content.Span));

    private static bool IsRefused(byte[] bytes)
    {
        try
        {
            _ = PktLine.Read(bytes).Count();
            return false;
        }
        catch (GitProtocolException)
        {
            return true;
        }
    }
}
