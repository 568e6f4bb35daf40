using System.Text;
using EdgeOperator.Core.Interop;
using FsCheck;
using FsCheck.Fluent;

namespace EdgeOperator.Core.Tests.Interop;

public sealed class PosixTextTests
{
    [Fact]
    public void Any_bytes_come_out_as_they_went_in() =>
        Prop.ForAll<byte[]>(bytes => PosixText.Encode(PosixText.Decode(bytes)).AsSpan().SequenceEqual(bytes)).QuickCheckThrowOnFailure();

    [Fact]
    public void Pieces_of_characters_come_out_as_they_went_in() => Prop.ForAll(
        Gen.Elements<byte>(0xC3, 0xBC, 0xE6, 0xBC, 0xA2, 0xF0, 0x9F, 0x9A, 0x80, 0xED, 0xA0, 0xB2, 0xFF, 0x27, 0x41).ArrayOf().ToArbitrary(),
        bytes => PosixText.Encode(PosixText.Decode(bytes)).AsSpan().SequenceEqual(bytes)).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("")]
    [InlineData("plain")]
    [InlineData("ünïcödé 漢字 🚀 \uFFFD")]
    public void Text_is_what_UTF_8_says(string text)
    {
        PosixText.Decode(Encoding.UTF8.GetBytes(text)).Should().Be(text);
        PosixText.Encode(text).Should().Equal(Encoding.UTF8.GetBytes(text));
    }

    [Fact]
    public void Strays_are_single_surrogates() => PosixText.Decode([0x61, 0xFF, 0xC3, 0x62]).Should().Be("a\uDCFF\uDCC3b");
}
