using EdgeOperator.Core.Secrets;
using EdgeOperator.Core.Secrets.Age;

namespace EdgeOperator.Core.Tests.Secrets.Sops;

/// <summary>
/// Files that SOPS itself has written, with the keys that their authors published for tests: tests/data/secret.enc.yaml of
/// humphd/sops-age (SOPS 3.8.1), and internal/controller/testdata/sops/global/secret.yaml of fluxcd/kustomize-controller (3.10.2).
/// </summary>
public sealed class RecordedFileTests
{
    private static readonly AgeIdentity Tester = AgeIdentity.Parse("AGE-SECRET-KEY-1QXRVEJH9S4NQU0FPD6V79ESZQ8S6PXH3L8V40EVPTHFH6KNKD4DQ7SKC4P")!;
    private static readonly AgeIdentity Flux = AgeIdentity.Parse("AGE-SECRET-KEY-10U7MAELH09KZU63F65P2TYLN7TQM5X6GSDDCQ4YMUGDS3DS6XZMSTYY2PN")!;

    private static readonly string OfAllTypes = File.ReadAllText("Cases/Secrets/sops-3.8.1.yaml");
    private static readonly string OfKubernetes = File.ReadAllText("Cases/Secrets/sops-3.10.2.yaml");

    [Fact]
    public void Values_of_all_types_are_read() => SopsTexts.Opened(OfAllTypes, Tester).Should().Equal(
        "secret (str) = this is a secret",
        "string (str) = string",
        "int (int) = 7",
        "float (float) = 3.14",
        "boolean (bool) = True",
        "complex.value (str) = this is a secret",
        "complex.array (str) = one",
        "complex.array (str) = two",
        "complex.array (str) = three");

    [Fact]
    public void What_is_chosen_by_a_regular_expression_is_read_and_all_else_is_clear() => SopsTexts.Opened(OfKubernetes, Flux).Should().Equal(
        "apiVersion (str) = v1",
        "kind (str) = Secret",
        "metadata.name (str) = global-age-secret",
        "metadata.namespace (str) = default",
        "type (str) = Opaque",
        "stringData.key (str) = global-value");

    [Theory]
    [InlineData("default", "kube-system", "MAC")]
    [InlineData("  key:", "  other:", "moved")]
    [InlineData("data:5d9", "data:6d9", "changed")]
    [InlineData("2025-07-06T17:19:51Z", "2025-07-06T17:19:52Z", "MAC")]
    [InlineData("type: Opaque\n", "", "MAC")]
    public void A_file_that_was_changed_is_refused(string before, string after, string why)
    {
        var changed = OfKubernetes.Replace(before, after, StringComparison.Ordinal);

        FluentActions.Invoking(() => SopsTexts.Opened(changed, Flux)).Should().Throw<SecretFormatException>()
            .Where(e => e.Failure == SecretFailure.Damaged).WithMessage($"*{why}*");
    }

    [Fact]
    public void Whoever_is_no_recipient_is_told_whose_file_it_is() =>
        FluentActions.Invoking(() => SopsTexts.Opened(OfKubernetes, Tester)).Should().Throw<SecretFormatException>()
            .Where(e => e.Failure == SecretFailure.NoIdentity)
            .WithMessage($"it is encrypted for {Flux.Recipient}, and not for {Tester.Recipient}");

    [Fact]
    public void Values_that_swap_their_places_are_refused()
    {
        var lines = OfAllTypes.Split('\n');
        (lines[0], lines[1]) = (lines[0].Replace("secret:", "string:", StringComparison.Ordinal), lines[1].Replace("string:", "secret:", StringComparison.Ordinal));

        FluentActions.Invoking(() => SopsTexts.Opened(string.Join('\n', lines), Tester)).Should().Throw<SecretFormatException>().WithMessage("*moved*");
    }
}
