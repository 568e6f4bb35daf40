using EdgeOperator.Core.Secrets;
using EdgeOperator.Core.Secrets.Age;
using EdgeOperator.Core.Secrets.Sops;
using FsCheck;
using FsCheck.Fluent;

namespace EdgeOperator.Core.Tests.Secrets.Sops;

public sealed class SopsWriterTests
{
    private static readonly AgeIdentity Device = AgeIdentity.Generate();
    private static readonly AgeIdentity Recovery = AgeIdentity.Generate();
    private static readonly DateTimeOffset Now = new(2026, 7, 1, 12, 0, 0, TimeSpan.FromHours(2));

    private const string Plain =
        """
        # whom it is for
        kind: Secret
        metadata:
          name: db
          labels: {tier: 0644, when: 2026-01-01}
        spec:
          stringData:
            # the old one was hunter1
            password: "hunter2" # of the app
            port: 5432
            ratio: 1e-7
            tls: true
            empty: ""
            nothing:
            pem: |
              -----BEGIN
              two
            list: [a, "1", {b: c}]

        """;

    [Fact]
    public void Every_recipient_reads_what_was_written()
    {
        var yaml = SopsWriter.Encrypt(Plain, [Device.Recipient, Recovery.Recipient], Now);

        foreach (var identity in new[] { Device, Recovery })
        {
            SopsTexts.Opened(yaml, identity).Should().Equal(
                "kind (str) = Secret",
                "metadata.name (str) = db",
                "metadata.labels.tier (str) = 0644",
                "metadata.labels.when (str) = 2026-01-01",
                "spec.stringData.password (str) = hunter2",
                "spec.stringData.port (int) = 5432",
                "spec.stringData.ratio (float) = 0.0000001",
                "spec.stringData.tls (bool) = True",
                "spec.stringData.empty (str) = ",
                "spec.stringData.pem (str) = -----BEGIN\ntwo\n",
                "spec.stringData.list (str) = a",
                "spec.stringData.list (str) = 1",
                "spec.stringData.list.b (str) = c");
        }
    }

    [Fact]
    public void Nothing_that_is_secret_is_left_in_the_file_comments_included()
    {
        var yaml = SopsWriter.Encrypt(Plain, [Device.Recipient], Now);

        yaml.Should().Contain("# whom it is for").And.Contain("name: db").And.Contain("#ENC[AES256_GCM,").And.Contain("lastmodified: \"2026-07-01T10:00:00Z\"")
            .And.NotContain("hunter").And.NotContain("of the app").And.NotContain("5432").And.NotContain("BEGIN\n");
    }

    [Fact]
    public void Any_text_under_any_key_comes_back() => Prop.ForAll<NonNull<string>, NonNull<string>>((key, text) =>
    {
        var node = new Dictionary<string, string> { [Printable(key.Get)] = Printable(text.Get) };
        var yaml = SopsWriter.Encrypt($"stringData: {System.Text.Json.JsonSerializer.Serialize(node)}\n", [Device.Recipient], Now);

        var opened = SopsTexts.Read(yaml).Open([Device]).Single();
        return opened.Path[1] == node.Keys.Single() && System.Text.Encoding.UTF8.GetString(opened.Bytes.Span) == node.Values.Single();
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Rotation_makes_another_key_and_other_ciphertexts_of_the_same_values()
    {
        var before = SopsWriter.Encrypt(Plain, [Device.Recipient, Recovery.Recipient], Now);

        var after = SopsWriter.Rotate(before, [Recovery], [Device.Recipient], Now);

        SopsTexts.Opened(after, Device).Should().Equal(SopsTexts.Opened(before, Device));
        after.Split('\n').Where(line => line.Contains("ENC[", StringComparison.Ordinal)).Should().NotIntersectWith(before.Split('\n'));
        SopsWriter.RecipientsOf(after).Should().Equal(Device.Recipient.ToString());
        SopsTexts.Read(after).DataKey([Device]).Should().NotEqual(SopsTexts.Read(before).DataKey([Device]));
    }

    [Fact]
    public void Other_recipients_get_the_same_key_and_the_values_stay_as_they_are()
    {
        var before = SopsWriter.Encrypt(Plain, [Recovery.Recipient], Now);

        var after = SopsWriter.Rewrap(before, [Recovery], [Recovery.Recipient, Device.Recipient]);

        SopsTexts.Opened(after, Device).Should().Equal(SopsTexts.Opened(before, Recovery));
        after.Split('\n').Where(line => line.Contains("ENC[", StringComparison.Ordinal)).Should().Equal(before.Split('\n').Where(line => line.Contains("ENC[", StringComparison.Ordinal)));
    }

    [Fact]
    public void All_documents_of_a_file_are_encrypted_and_checked_together()
    {
        var yaml = SopsWriter.Encrypt("stringData: {a: one}\n---\nstringData: {a: two}\n", [Device.Recipient], Now);

        SopsTexts.Read(yaml).Open([Device]).Select(value => value.Document).Should().Equal(0, 1);
        FluentActions.Invoking(() => SopsTexts.Opened(yaml.Split("\n---\n")[1], Device)).Should().Throw<SecretFormatException>().WithMessage("*MAC*");
    }

    [Theory]
    [InlineData("stringData: &a {x: hunter2}\n", "*anchors*")]
    [InlineData("stringData: {x: !!binary aHVudGVyMg==}\n", "*tags*")]
    [InlineData("stringData: {x: hunter2\n", "not valid YAML near line*")]
    [InlineData("stringData: [\n", "not valid YAML*")]
    [InlineData("- hunter2\n", "*no mapping")]
    [InlineData("password: hunter2\n", "nothing in it would be encrypted*")]
    [InlineData("sops: {age: []}\nstringData: {x: hunter2}\n", "it is encrypted already")]
    public void What_can_t_be_encrypted_is_refused_without_being_quoted(string yaml, string message) =>
        FluentActions.Invoking(() => SopsWriter.Encrypt(yaml, [Device.Recipient], Now)).Should().Throw<SecretFormatException>()
            .WithMessage(message).Which.ToString().Should().NotContain("hunter2");

    [Theory]
    [InlineData(0.1, "0.1")]
    [InlineData(3, "3")]
    [InlineData(1e21, "1000000000000000000000")]
    [InlineData(1.5e-9, "0.0000000015")]
    [InlineData(-1.2345e+5, "-123450")]
    public void Numbers_are_written_as_Go_writes_them(double value, string text) => SopsScalar.Decimals(value).Should().Be(text);

    [Fact]
    public void Numbers_are_written_without_exponents_and_lose_nothing() => Prop.ForAll<NormalFloat>(value =>
    {
        var text = SopsScalar.Decimals(value.Get);

        return !text.Contains('E', StringComparison.Ordinal) && double.Parse(text, System.Globalization.CultureInfo.InvariantCulture) == value.Get;
    }).QuickCheckThrowOnFailure();

    private static string Printable(string text) => string.Concat(text.Where(c => !char.IsControl(c) && !char.IsSurrogate(c) && c is not ('\uFFFE' or '\uFFFF')));
}
