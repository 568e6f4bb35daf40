using EdgeOperator.Functions.Blobs;
using FsCheck;
using FsCheck.Fluent;

namespace EdgeOperator.Functions.Tests.Blobs;

public sealed class BlobPathTests
{
    [Theory]
    [InlineData("files/a", "files", "a")]
    [InlineData("files/a/b c/é.txt", "files", "a/b c/é.txt")]
    [InlineData("$web/index.html", "$web", "index.html")]
    [InlineData("a-1/..x", "a-1", "..x")]
    public void A_path_is_a_container_and_a_name(string text, string container, string name)
    {
        var path = BlobPath.Parse(text);

        (path.Container, path.Name, path.ToString()).Should().Be((container, name, text));
    }

    [Theory]
    [InlineData("files", "*not the path of a blob*")]
    [InlineData("files/", "*not the path of a blob*")]
    [InlineData("/a", "*not the path of a blob*")]
    [InlineData("Files/a", "*not a valid container name*")]
    [InlineData("a--b/a", "*not a valid container name*")]
    [InlineData("ab/a", "*not a valid container name*")]
    [InlineData("../a", "*not a valid container name*")]
    [InlineData("files/../../etc/passwd", "*no segment of it is . or ..")]
    [InlineData("files/a\\..\\b", "*no segment of it is . or ..")]
    [InlineData("files/a/./b", "*no segment of it is . or ..")]
    [InlineData("files/a.", "*does not end with a dot or a slash")]
    [InlineData("files/a/", "*does not end with a dot or a slash")]
    [InlineData("files/a\nb", "*no control characters")]
    public void Other_names_are_refused(string text, string message) =>
        FluentActions.Invoking(() => BlobPath.Parse(text)).Should().Throw<FormatException>().WithMessage(message);

    [Theory]
    [InlineData(0xD800)]
    [InlineData(0xDC00)]
    public void Names_that_are_not_Unicode_are_refused(int unit) =>
        FluentActions.Invoking(() => BlobPath.Of("files", $"a{(char)unit}b")).Should().Throw<FormatException>().WithMessage("*valid Unicode");

    [Fact]
    public void Long_names_and_deep_ones_are_refused()
    {
        BlobPath.Of("files", new('a', 1024)).Name.Should().HaveLength(1024);
        FluentActions.Invoking(() => BlobPath.Of("files", new('a', 1025))).Should().Throw<FormatException>().WithMessage("*1 to 1024 characters");
        FluentActions.Invoking(() => BlobPath.Of("files", string.Join('/', Enumerable.Repeat("a", 255)))).Should().Throw<FormatException>().WithMessage("*254 segments");
    }

    [Fact]
    public void A_valid_name_means_the_same_blob_in_an_address() => Prop.ForAll(
        Arb.From(Gen.ArrayOf(Gen.Elements('a', '.', '/', '\\', ' ', '%', '#', '?', 'é', '\n', '{')).Select(c => new string(c))),
        name => !BlobPath.IsName(name)
            || Uri.UnescapeDataString(new Uri($"http://host/files/{Uri.EscapeDataString(name)}").AbsolutePath["/files/".Length..]) == name)
        .QuickCheckThrowOnFailure();
}
