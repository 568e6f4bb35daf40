using System.Text;
using System.Text.Json;
using EdgeOperator.Core.Protocol.Hub;

namespace EdgeOperator.Core.Tests.Protocol.Hub;

public sealed class StrictJsonTests
{
    [Theory]
    [InlineData("""{"a":"\ud83d\ude00 \u0000"}""")]
    [InlineData("""["",{"":null}]""")]
    public void What_is_valid_can_be_read_and_written_again(string json) => StrictJson.Parse(Encoding.UTF8.GetBytes(json))!.ToJsonString().Should().NotBeEmpty();

    [Theory]
    [InlineData("""{"a":"\ud800"}""")]
    [InlineData("""{"\udc00":1}""")]
    [InlineData("""[["\ude00\ud83d"]]""")]
    [InlineData("""{"a":1,"a":2}""")]
    [InlineData("{")]
    [InlineData("")]
    public void What_can_t_be_written_again_is_not_valid(string json) => Parsing(Encoding.UTF8.GetBytes(json)).Should().Throw<JsonException>();

    [Fact]
    public void Bytes_that_are_no_UTF_8_are_not_valid() => Parsing([(byte)'"', 0xFF, (byte)'"']).Should().Throw<JsonException>();

    [Fact]
    public void Too_deep_is_not_valid() => Parsing(Encoding.UTF8.GetBytes(new string('[', 65) + new string(']', 65))).Should().Throw<JsonException>();

    private static Action Parsing(byte[] json) => () => StrictJson.Parse(json);
}
