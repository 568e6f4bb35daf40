using EdgeOperator.Core.Secrets.Age;
using FsCheck;
using FsCheck.Fluent;

namespace EdgeOperator.Core.Tests.Secrets.Age;

public sealed class AgeKeyTests
{
    /// <summary>A pair of age-keygen's, from the tests of fluxcd/kustomize-controller (testdata/sops/keys/age-global.txt).</summary>
    private const string Key = "AGE-SECRET-KEY-10U7MAELH09KZU63F65P2TYLN7TQM5X6GSDDCQ4YMUGDS3DS6XZMSTYY2PN";

    private const string Recipient = "age1henwn645drkd3fa34t27t2w2x0nsgw3w4h62gmg5x5xflyjpy38s5cncph";

    [Fact]
    public void An_identity_of_age_keygen_has_the_recipient_that_age_keygen_says() => AgeIdentity.Parse(Key)!.Recipient.ToString().Should().Be(Recipient);

    [Fact]
    public void Keys_are_written_as_they_were_read()
    {
        AgeIdentity.Parse(Key)!.Reveal().Should().Be(Key);
        AgeRecipient.Parse(Recipient)!.ToString().Should().Be(Recipient);
    }

    [Fact]
    public void An_identity_shows_its_recipient_and_never_its_key() => AgeIdentity.Parse(Key)!.ToString().Should().Contain(Recipient).And.NotContain(Key[^20..]);

    [Fact]
    public void A_key_with_any_one_character_changed_is_refused() => Prop.ForAll<PositiveInt, char>((at, other) =>
    {
        var place = at.Get % Key.Length;
        return Key[place] == other || AgeIdentity.Parse(Key[..place] + other + Key[(place + 1)..]) is null;
    }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("")]
    [InlineData("age1")]
    [InlineData("age1henwn645drkd3fa34t27t2w2x0nsgw3w4h62gmg5x5xflyjpy38s5cncp")]
    [InlineData("AGE1HENWN645DRKD3FA34T27T2W2X0NSGW3W4H62GMG5X5XFLYJPY38S5CNCPH")]
    [InlineData("age1Henwn645drkd3fa34t27t2w2x0nsgw3w4h62gmg5x5xflyjpy38s5cncph")]
    [InlineData("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHsKLqeplhpW+uObz5dvMgjz1OxfM/XXUB+VHtZ6isGN")]
    public void What_is_no_recipient_is_refused(string text) => AgeRecipient.Parse(text).Should().BeNull();
}
