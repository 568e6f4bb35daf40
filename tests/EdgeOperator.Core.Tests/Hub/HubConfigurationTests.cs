using System.Text;
using EdgeOperator.Core.Hub;

namespace EdgeOperator.Core.Tests.Hub;

public sealed class HubConfigurationTests
{
    [Fact]
    public void Without_a_file_every_setting_has_its_default()
    {
        var configuration = HubConfigurationReader.Default("this-machine");

        configuration.HostName.Should().Be("this-machine");
        configuration.Listen.Mqtt.Should().Be("0.0.0.0:8883");
        configuration.Tls.Certificate.Should().BeNull();
        configuration.Enrollment.CertificateValidity.Should().Be(TimeSpan.FromDays(90));
    }

    [Fact]
    public void The_sample_is_valid_and_says_what_the_defaults_are()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "EdgeOperator.sln")))
            folder = Path.GetDirectoryName(folder)!;

        var (configuration, problems) = HubConfigurationReader.Read(new("hub.yaml", File.ReadAllBytes(Path.Combine(folder, "manifests/hub/hub.yaml"))), "this-machine");

        problems.Should().BeEmpty();
        configuration.Should().BeEquivalentTo(HubConfigurationReader.Default("hub.example.com"));
    }

    [Theory]
    [InlineData("tls: {certificate: /a.pem}", "tls", "key")]
    [InlineData("hostNam: x", "hostNam", "hostName")]
    [InlineData("- a", "one mapping", "hostName")]
    [InlineData("a: 1\n---\nb: 2", "one mapping", "hostName")]
    [InlineData("devices: {connectTimeout: 0s}", "devices.connectTimeout", "range")]
    public void What_is_wrong_is_said_with_what_to_do(string yaml, string what, string fix)
    {
        var (configuration, problems) = HubConfigurationReader.Read(new("hub.yaml", Encoding.UTF8.GetBytes(yaml)), "this-machine");

        configuration.Should().BeNull();
        problems.Should().Contain(p => p.ToString().Contains(what, StringComparison.Ordinal) && p.ToString().Contains(fix, StringComparison.Ordinal));
    }
}
