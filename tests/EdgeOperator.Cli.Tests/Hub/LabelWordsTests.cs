using EdgeOperator.Cli.Hub.Devices;

namespace EdgeOperator.Cli.Tests.Hub;

public sealed class LabelWordsTests
{
    [Fact]
    public void A_label_is_set_or_removed() =>
        LabelWords.Read(["site=berlin", "role-", "note=a-b"], mayRemove: true).ToJsonString().Should().Be("""{"site":"berlin","role":null,"note":"a-b"}""");

    [Theory]
    [InlineData("note=a=b")]
    [InlineData("note=a,b=c")]
    [InlineData("bad key=x")]
    public void A_label_that_a_device_would_refuse_is_refused(string word) =>
        FluentActions.Invoking(() => LabelWords.Read([word], mayRemove: true)).Should().Throw<UserError>().Which.Message.Should().Contain("label");

    [Theory]
    [InlineData("site", true)]
    [InlineData("=x", true)]
    [InlineData("-", true)]
    [InlineData("role-", false)]
    public void What_is_no_label_is_refused(string word, bool mayRemove) =>
        FluentActions.Invoking(() => LabelWords.Read([word], mayRemove)).Should().Throw<UserError>().Which.Message.Should().Contain("KEY=VALUE");
}
