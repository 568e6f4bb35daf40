using System.Text;
using EdgeOperator.Git.Tree;

namespace EdgeOperator.Git.Tests.Tree;

public sealed class LfsPointerTests
{
    private const string Hash = "4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393";

    [Theory]
    [InlineData($"version https://git-lfs.github.com/spec/v1\noid sha256:{Hash}\nsize 12345\n")]
    [InlineData($"version https://git-lfs.github.com/spec/v1\r\noid sha256:{Hash}\r\nsize 12345\r\n")]
    [InlineData($"version https://hawser.github.com/spec/v1\noid sha256:{Hash}\nsize 12345")]
    [InlineData($"version http://git-media.io/v/2\noid sha256:{Hash}\nsize 12345")]
    [InlineData($"\n  version https://git-lfs.github.com/spec/v1 \noid sha256:{Hash}\nsize 12345\n\n")]
    [InlineData($"\uFEFFversion https://git-lfs.github.com/spec/v1\noid sha256:{Hash}\nsize 12345\n")]
    public void A_pointer_names_the_content(string text) => Parse(text).Should().Be(new LfsPointer(Hash, 12345));

    [Fact]
    public void A_pointer_says_when_programs_have_transformed_the_content() =>
        Parse($"version https://git-lfs.github.com/spec/v1\next-0-foo sha256:{Hash}\noid sha256:{Hash}\nsize 12345\n").Should().Be(new LfsPointer(Hash, 12345, HasExtensions: true));

    [Theory]
    [InlineData("")]
    [InlineData("version 1.2.3\n")]
    [InlineData("version https://git-lfs.github.com/spec/v1\n")]
    [InlineData("version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n")]
    [InlineData($"version https://git-lfs.github.com/spec/v1\noid sha256:{Hash}\nsize -1\n")]
    [InlineData($"version https://git-lfs.github.com/spec/v1\noid md5:{Hash}\nsize 1\n")]
    [InlineData($"# version https://git-lfs.github.com/spec/v1\noid sha256:{Hash}\nsize 12345\n")]
    public void Other_content_is_none(string text) => Parse(text).Should().BeNull();

    [Fact]
    public void Neither_is_a_longer_file_that_begins_with_one() =>
        Parse($"version https://git-lfs.github.com/spec/v1\noid sha256:{Hash}\nsize 12345\n{new string('x', 1024)}").Should().BeNull();

    private static LfsPointer? Parse(string text) => LfsPointer.Parse(Encoding.UTF8.GetBytes(text));
}
