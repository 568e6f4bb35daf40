using EdgeOperator.Functions.Blobs;
using FsCheck;
using FsCheck.Fluent;

namespace EdgeOperator.Functions.Tests.Blobs;

public sealed class BlobPatternTests
{
    [Theory]
    [InlineData("input", "", "a/b.txt", "{}")]
    [InlineData("input/", "", "a", "{}")]
    [InlineData("input/{name}", "", "a/b.txt", """{"name":"a/b.txt"}""")]
    [InlineData("input/{name}.txt", "", "a.b.txt", """{"name":"a.b"}""")]
    [InlineData("input/{name}.txt", "", "a.text", null)]
    [InlineData("input/{name}.txt", "", "aXtxt", null)]
    [InlineData("input/in/{base}.{ext}", "in/", "in/a.b.c", """{"base":"a.b","ext":"c"}""")]
    [InlineData("input/in/{base}.{ext}", "in/", "out/a.b", null)]
    [InlineData("input/fixed.txt", "fixed.txt", "fixed.txt", "{}")]
    [InlineData("input/fixed.txt", "fixed.txt", "fixed.txt2", null)]
    [InlineData("input/{{20}}-{name}", "{20}-", "{20}-a", """{"name":"a"}""")]
    public void A_pattern_tells_which_blobs_are_meant_and_what_its_names_stand_for(string path, string prefix, string name, string? values)
    {
        var pattern = BlobPattern.Parse(path);

        (pattern.Container, pattern.Prefix).Should().Be(("input", prefix));
        pattern.Match(name)?.ToJsonString().Should().Be(values);
        (pattern.Match(name) is null).Should().Be(values is null);
    }

    [Theory]
    [InlineData("Input/{name}", "*not a valid container name*")]
    [InlineData("{container}/{name}", "*not a valid container name*")]
    [InlineData("input/{name", "*brace without its counterpart*")]
    [InlineData("input/name}", "*brace without its counterpart*")]
    [InlineData("input/{datetime:yyyy}", "*something else than a name in braces*")]
    [InlineData("input/{a}/{A}", "*twice*")]
    public void Other_paths_are_refused(string path, string message) =>
        FluentActions.Invoking(() => BlobPattern.Parse(path)).Should().Throw<FormatException>().WithMessage(message);

    [Fact]
    public void What_a_name_stands_for_is_found_again_whatever_it_is() => Prop.ForAll<NonNull<string>>(name =>
        BlobPattern.Parse("input/in/{name}.txt").Match($"in/{name.Get}.txt")?["name"]?.GetValue<string>() == name.Get).QuickCheckThrowOnFailure();
}
