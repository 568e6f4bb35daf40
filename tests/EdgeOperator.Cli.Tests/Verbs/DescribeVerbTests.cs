using System.Text.Json.Nodes;

namespace EdgeOperator.Cli.Tests.Verbs;

public sealed class DescribeVerbTests : AgainstAnAgent
{
    [Fact]
    public async Task A_resource_is_shown_with_conditions_and_last_events()
    {
        (await RunAsync("describe", "EdgeModule", "sensor")).Should().Be(new Run(0, """
            Resource   EdgeModule/sensor
            What       registry.local:5000/sensor:1.2
            State      running
            Container  4f5a6b7c8d9e
            Restarts   0

            CONDITION  STATUS  REASON   SINCE                 MESSAGE
            Ready      True    Healthy  2026-07-01T11:00:00Z  running and healthy

            TIME                  LEVEL   RESOURCE           REASON   MESSAGE
            2026-07-01T11:59:30Z  Normal  EdgeModule/sensor  Created  container created

            """, ""));
    }

    [Fact]
    public async Task JSON_holds_the_events_too()
    {
        var document = JsonNode.Parse((await RunAsync("describe", "EdgeModule/web", "-o", "json")).Out)!;

        document["name"]!.GetValue<string>().Should().Be("web");
        document["events"]!.AsArray().Should().ContainSingle().Which!["reason"]!.GetValue<string>().Should().Be("PullFailed");
    }

    [Fact]
    public async Task A_kind_alone_is_not_enough()
    {
        (await RunAsync("describe", "EdgeModule")).Should().Be(
            new Run(3, "", "error: \"EdgeModule\" is no resource: write it as Kind/name, such as EdgeModule/web\n"));
    }
}
