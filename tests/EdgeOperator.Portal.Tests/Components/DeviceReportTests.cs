using System.Text.Json.Nodes;
using EdgeOperator.Portal.Pages;

namespace EdgeOperator.Portal.Tests.Components;

/// <summary>What an agent has reported, read from a twin.</summary>
public sealed class DeviceReportTests
{
    [Fact]
    public void Conditions_have_the_time_since_when_they_are_so()
    {
        var report = new DeviceReport(JsonNode.Parse("""
            {"properties":{"reported":{
              "edgeoperator":{"applied":"a","recipient":"age1xyz","suspended":true,"conditions":{"Ready":{"status":"False","reason":"Unhealthy","message":"m"}},"resources":{"EdgeModule/a":{"state":"running","ready":"True"},"EdgeModule/b":{"state":"exited","ready":"False"}}},
              "$metadata":{"edgeoperator":{"conditions":{"Ready":{"status":{"$lastUpdated":"2026-03-01T10:00:00.0000000Z"}}}}}}}}
            """)!.AsObject());

        var ready = report.Conditions.Single();
        (ready.Type, ready.IsBad, ready.Since).Should().Be(("Ready", true, new DateTime(2026, 3, 1, 10, 0, 0, DateTimeKind.Utc)));
        report.IsSuspended.Should().BeTrue();
        report.Recipient.Should().Be("age1xyz");
        report.Resources.Select(r => r.Id).Should().Equal(["EdgeModule/b", "EdgeModule/a"], "what is not ready comes first");
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"properties":{"reported":{"edgeoperator":7}}}""")]
    [InlineData("""{"properties":{"reported":{"edgeoperator":{"conditions":[],"sources":"x","resources":{"a":1},"applied":{"b":1},"suspended":"yes"},"$metadata":3}}}""")]
    public void Whatever_a_device_reports_can_be_read(string twin)
    {
        var report = new DeviceReport(JsonNode.Parse(twin)!.AsObject());

        report.Conditions.Should().BeEmpty();
        report.Sources.Should().BeEmpty();
        report.Resources.Should().BeEmpty();
        report.Applied.Should().BeNull();
    }
}
