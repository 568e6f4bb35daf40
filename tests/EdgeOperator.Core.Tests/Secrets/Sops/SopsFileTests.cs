using EdgeOperator.Core.Secrets.Age;
using EdgeOperator.Core.Secrets.Sops;

namespace EdgeOperator.Core.Tests.Secrets.Sops;

public sealed class SopsFileTests
{
    private static readonly string Encrypted = SopsWriter.Encrypt(
        "spec:\n  stringData:\n    password: hunter2\n", [AgeIdentity.Generate().Recipient], new(2026, 7, 1, 12, 0, 0, TimeSpan.Zero));

    [Theory]
    [InlineData("key_groups: [{age: [x]}]", "sops.key_groups is not supported")]
    [InlineData("encrypted_comment_regex: secret", "sops.encrypted_comment_regex is not supported")]
    [InlineData("encrypted_suffix: _secret", "exclude each other")]
    public void What_is_not_supported_is_refused_with_its_place(string field, string problem) =>
        SopsTexts.Problems(Encrypted + $"  {field}\n", out _).Should().ContainSingle().Which.Should().Contain(problem).And.Contain("(secret.yaml:19:3)");

    [Fact]
    public void A_file_for_other_systems_keys_alone_says_so() => SopsTexts.Problems(
        "a: ENC[AES256_GCM,data:a,iv:a,tag:a,type:str]\nsops:\n  kms: [{arn: x}]\n  lastmodified: \"2026-07-01T12:00:00Z\"\n  mac: ENC[AES256_GCM,data:aaaa,iv:aaaa,tag:dGFndGFndGFndGFndGFnCg==,type:str]\n", out _)
        .Should().Contain(problem => problem.Contains("sops.kms alone", StringComparison.Ordinal));

    [Theory]
    [InlineData("  mac:", "  mac_:", "sops.mac is missing")]
    [InlineData("  lastmodified:", "  lastmodified_:", "sops.lastmodified is missing")]
    [InlineData("- recipient:", "- recipient_:", "needs `recipient` and `enc`")]
    [InlineData("^(data|stringData)$", "'(?=x)('", "sops.encrypted_regex is malformed")]
    public void A_block_that_lacks_something_is_refused(string before, string after, string problem) =>
        SopsTexts.Problems(Encrypted.Replace(before, after, StringComparison.Ordinal), out _).Should().ContainSingle().Which.Should().Contain(problem);

    [Fact]
    public void A_value_that_stands_in_clear_is_refused_and_not_quoted()
    {
        var clear = string.Join('\n', Encrypted.Split('\n').Select(line => line.Contains("password", StringComparison.Ordinal) ? "    password: hunter2" : line));

        SopsTexts.Problems(clear, out _).Should().ContainSingle().Which.Should()
            .Contain("(secret.yaml:3:15)").And.StartWith("`spec.stringData.password` should be encrypted, and stands in clear").And.NotContain("hunter2");
    }

    [Fact]
    public void Opened_values_do_not_show_themselves_as_text() =>
        new SopsOpened(["a"], 0, "str", "hunter2"u8.ToArray()).ToString().Should().NotContain("hunter2");
}
