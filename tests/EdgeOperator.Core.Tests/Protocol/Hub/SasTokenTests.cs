using System.Text;
using EdgeOperator.Core.Protocol.Hub;

namespace EdgeOperator.Core.Tests.Protocol.Hub;

public sealed class SasTokenTests
{
    private static readonly byte[] Key = Encoding.UTF8.GetBytes("a key of some length");
    private static readonly DateTimeOffset Expiry = DateTimeOffset.FromUnixTimeSeconds(1_900_000_000);

    [Fact]
    public void A_token_that_was_made_with_a_key_is_read_and_holds_with_that_key_alone()
    {
        var token = SasToken.Parse(SasToken.Create("hub.example.com/devices/d#1", Key, Expiry, "device"))!;

        token.Resource.Should().Be("hub.example.com/devices/d#1");
        token.Expires.Should().Be(Expiry);
        token.PolicyName.Should().Be("device");
        token.IsSignedBy(Key).Should().BeTrue();
        token.IsSignedBy([1, 2, 3]).Should().BeFalse();
    }

    [Theory]
    [InlineData("SharedAccessSignature sr=localhost&sig=1CADfXxYI72wLxNtObF60eE%2BXyUhcHkXZKDnJIgOC2A%3D&skn=p&se=1900000000")]
    [InlineData("SharedAccessSignature sig=1CADfXxYI72wLxNtObF60eE%2BXyUhcHkXZKDnJIgOC2A%3D&se=1900000000&sr=localhost")]
    [InlineData("sharedaccesssignature se=1900000000&sr=localhost&sig=1CADfXxYI72wLxNtObF60eE%2BXyUhcHkXZKDnJIgOC2A%3D&skn=")]
    public void Fields_may_stand_in_any_order(string text) => SasToken.Parse(text)!.Resource.Should().Be("localhost");

    [Fact]
    public void The_signature_is_over_the_resource_as_it_was_written()
    {
        var encoded = SasToken.Create("a/b", Key, Expiry);
        var raw = encoded.Replace("sr=a%2Fb", "sr=a/b", StringComparison.Ordinal);

        SasToken.Parse(raw)!.IsSignedBy(Key).Should().BeFalse();
        SasToken.Parse(raw)!.Resource.Should().Be(SasToken.Parse(encoded)!.Resource);
    }

    [Theory]
    [InlineData("1900000000000")]
    [InlineData("99999999999999999999")]
    public void An_expiry_beyond_all_dates_is_one_far_away(string expiry) =>
        SasToken.Parse($"SharedAccessSignature sr=h&sig=1CADfXxYI72wLxNtObF60eE%2BXyUhcHkXZKDnJIgOC2A%3D&se={expiry}")!.Expires.Year.Should().BeGreaterThan(9000);

    [Theory]
    [InlineData("")]
    [InlineData("SharedAccessSignature ")]
    [InlineData("SharedAccessSignature sr=h&sig=AAAA&se=1")]
    [InlineData("SharedAccessSignature sr=h&sig=%&se=1")]
    [InlineData("SharedAccessSignature sr=h&sig=1CADfXxYI72wLxNtObF60eE%2BXyUhcHkXZKDnJIgOC2A%3D&se=-1")]
    [InlineData("SharedAccessSignature sr=h&sig=1CADfXxYI72wLxNtObF60eE%2BXyUhcHkXZKDnJIgOC2A%3D&se=1.5")]
    [InlineData("SharedAccessSignature sr=h&sig=1CADfXxYI72wLxNtObF60eE%2BXyUhcHkXZKDnJIgOC2A%3D")]
    [InlineData("Bearer sr=h&sig=1CADfXxYI72wLxNtObF60eE%2BXyUhcHkXZKDnJIgOC2A%3D&se=1")]
    public void What_is_no_token_is_none(string text) => SasToken.Parse(text).Should().BeNull();

    [Theory]
    [InlineData("hub", true)]
    [InlineData("HUB/devices/d1", true)]
    [InlineData("hub/devices/d1/", true)]
    [InlineData("hub/devices/d1/modules/m", true)]
    [InlineData("hub/devices/d1/modules/m2", false)]
    [InlineData("hub/devices/d", false)]
    [InlineData("hub/devices/D1", false)]
    [InlineData("hub2", false)]
    [InlineData("hub/devices/d1/modules/m/x", false)]
    [InlineData("", false)]
    public void A_token_covers_what_lies_below_its_resource_by_whole_segments(string resource, bool covers) =>
        SasResource.Covers(resource, "hub", isEncodedTwice: false, "devices", "d1", "modules", "m").Should().Be(covers);

    [Theory]
    [InlineData("hub/devices/a%62", "ab")]
    [InlineData("hub/devices/a%23b", "a#b")]
    public void Only_a_key_of_its_own_makes_one_name_read_as_another(string resource, string device)
    {
        SasResource.Covers(resource, "hub", isEncodedTwice: true, "devices", device).Should().BeTrue();
        SasResource.Covers(resource, "hub", isEncodedTwice: false, "devices", device).Should().BeFalse();
    }

    [Fact]
    public void A_device_s_key_is_derived_from_its_group_s_as_documented() => Convert.ToBase64String(GroupKey.Derive(
        Convert.FromBase64String("8isrFI1sGsIlvvFSSFRiMfCNzv21fjbE/+ah/lSh3lF8e2YG1Te7w1KpZhJFFXJrqYKi9yegxkqIChbqOS9Egw=="),
        "sn-007-888-abc-mac-a1-b2-c3-d4-e5-f6")).Should().Be("Jsm0lyGpjaVYVP2g3FnmnmG9dI/9qU24wNoykUmermc=");
}
