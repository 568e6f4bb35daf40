using System.Text;
using EdgeOperator.Core.Hub;

namespace EdgeOperator.Core.Tests.Alerts;

/// <summary>What hub.yaml may say about alerts.</summary>
public sealed class AlertConfigurationTests
{
    [Fact]
    public void Without_a_word_there_are_rules_and_nobody_is_told()
    {
        var alerts = HubConfigurationReader.Default("hub.example.com").Alerts;

        alerts.Rules.Select(rule => rule.Name).Should().Equal("DeviceNotReady", "DeviceStalled", "DeviceOffline", "RolloutStopped", "CertificateEnds", "DiskFull", "MemoryFull");
        alerts.Rules[0].Condition.Should().Be(new Core.Alerts.ConditionMatch("Ready", "False"));
        alerts.Rules[4].CertificateEndsWithin.Should().Be(TimeSpan.FromDays(14));
        (alerts.Webhooks.Length, alerts.Alertmanagers.Length, alerts.Email).Should().Be((0, 0, null));
    }

    [Fact]
    public void Rules_of_one_s_own_have_a_selector_and_groups()
    {
        var (configuration, problems) = Read("""
            alerts:
              rules: [{name: TillAway, offline: true, for: 1h, severity: critical, groupBy: [site], selector: {matchLabels: {role: till}, matchExpressions: [{key: site, operator: In, values: [berlin, lima]}]}}]
              email: {host: mail.example.com, from: hub@example.com, to: [ops@example.com]}
            """);

        problems.Should().BeEmpty();
        var rule = configuration!.Alerts.Rules.Single();
        (rule.For, rule.Severity, rule.GroupBy.Single(), rule.Selector!.MatchExpressions.Single().Key).Should().Be((TimeSpan.FromHours(1), "critical", "site", "site"));
        (configuration.Alerts.Email!.Port, configuration.Alerts.Email.Tls).Should().Be((587, "starttls"));
    }

    [Theory]
    [InlineData("alerts: {rules: [{name: A}]}", "needs one of")]
    [InlineData("alerts: {rules: [{name: A, offline: true, diskAbove: 90}]}", "takes only one of")]
    [InlineData("alerts: {rules: [{name: A, diskAbove: 101}]}", "diskAbove")]
    [InlineData("alerts: {email: {host: m, from: a@b, to: [c@d], user: me}}", "passwordFile")]
    [InlineData("alerts: {webhooks: [{url: ftp://x}]}", "http")]
    public void What_can_t_be_meant_is_said(string text, string problem) =>
        string.Join('\n', Read(text).Problems.Select(p => p.ToString())).Should().Contain(problem);

    private static (HubConfiguration? Configuration, System.Collections.Immutable.ImmutableArray<Core.Manifests.Problem> Problems) Read(string text) =>
        HubConfigurationReader.Read(new("hub.yaml", Encoding.UTF8.GetBytes(text)), "hub.example.com");
}
