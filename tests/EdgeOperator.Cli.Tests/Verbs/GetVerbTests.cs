using System.Collections.Immutable;
using EdgeOperator.Agent.Tests.LocalApi;
using EdgeOperator.Core.Protocol;
using EdgeOperator.Core.State;

namespace EdgeOperator.Cli.Tests.Verbs;

public sealed class GetVerbTests : AgainstAnAgent
{
    [Fact]
    public async Task All_resources_are_listed()
    {
        (await RunAsync("get")).Should().Be(new Run(0, """
            RESOURCE           READY  STATE                       WHAT                            MESSAGE
            ConfigFile/motd    True   in sync                     /etc/motd                       as desired
            EdgeModule/sensor  True   running                     registry.local:5000/sensor:1.2  running and healthy
            EdgeModule/web     False  pulling 30% (12.3/40.0 MB)  registry.local:5000/web:2       the image is being pulled

            """, ""));
    }

    [Fact]
    public async Task Wide_says_since_when_and_in_detail()
    {
        (await RunAsync("get", "EdgeModule", "sensor", "-o", "wide")).Out.Should().Be("""
            RESOURCE           READY  STATE    REASON   SINCE                 WHAT                            DETAILS                            MESSAGE
            EdgeModule/sensor  True   running  Healthy  2026-07-01T11:00:00Z  registry.local:5000/sensor:1.2  container=4f5a6b7c8d9e restarts=0  running and healthy

            """);
    }

    [Theory]
    [InlineData("EdgeModule/sensor")]
    [InlineData("edgemodule/sensor")]
    [InlineData("edgemodule", "sensor")]
    public async Task One_resource_can_be_named_in_either_way(params string[] name)
    {
        var run = await RunAsync(["get", .. name]);

        run.Out.Split('\n').Should().HaveCount(3).And.Contain(l => l.StartsWith("EdgeModule/sensor", StringComparison.Ordinal));
    }

    [Fact]
    public async Task One_resource_has_its_rendered_spec_and_where_that_stands_without_secrets()
    {
        var run = await RunAsync("get", "EdgeModule", "web", "-o", "yaml");

        run.Out.Should().Contain("source: web.yaml:1:1\n").And.Contain("""
            spec:
              image: nginx:1
              env:
                LEVEL: debug
                DB_PASSWORD: '***'
            """);
        (await RunAsync("get", "-o", "yaml")).Out.Should().NotContain("spec:");
        (await RunAsync("describe", "em", "web")).Out.Should().Contain("web.yaml:1:1");
    }

    [Fact]
    public async Task Labels_select()
    {
        Agent.Status = Agent.Status with { Resources = [.. Agent.Status.Resources.Select(r => r.Name == "web" ? r with { Labels = ImmutableSortedDictionary<string, string>.Empty.Add("app", "web") } : r)] };

        (await RunAsync("get", "-l", "app=web")).Out.Should().Contain("EdgeModule/web").And.NotContain("motd").And.NotContain("sensor");
    }

    [Fact]
    public async Task A_watch_goes_on_until_interrupted()
    {
        using var interrupt = new CancellationTokenSource();
        var output = new WatchedStream();
        var watching = Edgeop.RunAsync(["get", "EdgeModule", "-w", "--socket", Served.Socket], isTerminal: false, stdout: output, cancellation: interrupt.Token);

        await output.HasLinesAsync(2);
        await interrupt.CancelAsync();

        (await watching).ExitCode.Should().Be(0);
    }

    [Fact]
    public async Task A_watch_prints_changes_in_the_order_in_which_they_happened()
    {
        using var interrupt = new CancellationTokenSource();
        var output = new WatchedStream();
        var watching = Edgeop.RunAsync(["get", "-w", "--socket", Served.Socket], isTerminal: false, stdout: output, cancellation: interrupt.Token);
        await output.HasLinesAsync(3);

        var (motd, sensor, web) = (Agent.Status.Resources[0], Agent.Status.Resources[1], Agent.Status.Resources[2]);
        Agent.Status = Agent.Status with { Resources = [Turned(motd, seconds: 3), Turned(sensor, seconds: 1), Turned(web, seconds: 2)] };
        await output.HasLinesAsync(6);
        await interrupt.CancelAsync();
        await watching;

        output.Lines.Select(line => line.Split(' ')[0]).Should().Equal(
            "ConfigFile/motd", "EdgeModule/sensor", "EdgeModule/web", "EdgeModule/sensor", "EdgeModule/web", "ConfigFile/motd");

        static ResourceStatus Turned(ResourceStatus resource, int seconds) => resource with
        {
            Conditions = [resource.Conditions[0] with { Status = ConditionStatus.Unknown, Message = "checking", LastTransitionTime = CannedAgent.Noon.AddSeconds(seconds) }],
        };
    }

    [Fact]
    public async Task A_watch_says_what_has_gone_and_shows_it_again_when_it_comes_back()
    {
        using var interrupt = new CancellationTokenSource();
        var output = new WatchedStream();
        var watching = Edgeop.RunAsync(["get", "-w", "--socket", Served.Socket], isTerminal: false, stdout: output, cancellation: interrupt.Token);
        await output.HasLinesAsync(3);
        var all = Agent.Status;

        Agent.Status = all with { Resources = all.Resources.RemoveAt(2) };
        await output.HasLinesAsync(4);
        Agent.Status = all;
        await output.HasLinesAsync(5);
        await interrupt.CancelAsync();
        await watching;

        output.Lines.Skip(3).Should().Equal("EdgeModule/web  -  removed  the device does not have it any more", output.Lines.ElementAt(2));
    }

    [Fact]
    public async Task A_resource_whose_labels_do_not_match_any_more_has_gone_from_its_watch()
    {
        ResourceStatus Labelled(ResourceStatus resource, string app) => resource with { Labels = ImmutableSortedDictionary<string, string>.Empty.Add("app", app) };
        var (sensor, web) = (Agent.Status.Resources[1], Agent.Status.Resources[2]);
        Agent.Status = Agent.Status with { Resources = [Labelled(sensor, "web"), Labelled(web, "web")] };
        using var interrupt = new CancellationTokenSource();
        var output = new WatchedStream();
        var watching = Edgeop.RunAsync(["get", "-w", "-l", "app=web", "--socket", Served.Socket], isTerminal: false, stdout: output, cancellation: interrupt.Token);
        await output.HasLinesAsync(2);

        Agent.Status = Agent.Status with { Resources = [Labelled(sensor, "web"), Labelled(web, "other")] };
        await output.HasLinesAsync(3);
        await interrupt.CancelAsync();
        await watching;

        output.Lines.ElementAt(2).Should().Be("EdgeModule/web  -  removed  its labels do not match any more");
    }

    [Theory]
    [InlineData("json", "\"state\":\"removed\"", "\"summary\":\"the device does not have it any more\"")]
    [InlineData("yaml", "state: removed", "summary: the device does not have it any more")]
    public async Task A_document_says_that_a_resource_has_gone(string format, string state, string summary)
    {
        using var interrupt = new CancellationTokenSource();
        var output = new WatchedStream();
        var watching = Edgeop.RunAsync(["get", "ConfigFile", "-w", "-o", format, "--socket", Served.Socket], isTerminal: false, stdout: output, cancellation: interrupt.Token);
        await output.ContainsAsync("motd");

        Agent.Status = Agent.Status with { Resources = [] };
        await output.ContainsAsync(state);
        await output.ContainsAsync(summary);
        await interrupt.CancelAsync();

        (await watching).ExitCode.Should().Be(0);
    }

    [Fact]
    public async Task A_kind_selects()
    {
        (await RunAsync("get", "configfile")).Out.Should().Contain("ConfigFile/motd").And.NotContain("EdgeModule");
    }

    [Fact]
    public async Task JSON_is_an_array_for_many_and_an_object_for_one()
    {
        (await RunAsync("get", "-o", "json")).Out.Should().StartWith("[\n  {\n    \"kind\": \"ConfigFile\",\n");
        (await RunAsync("get", "ConfigFile", "motd", "-o", "json")).Out.Should().Be("""
            {
              "kind": "ConfigFile",
              "name": "motd",
              "state": "in sync",
              "summary": "/etc/motd",
              "conditions": [
                {
                  "type": "Ready",
                  "status": "True",
                  "reason": "InSync",
                  "message": "as desired",
                  "lastTransitionTime": "2026-07-01T11:00:00+00:00",
                  "observedRevision": "1a2b3c4d"
                }
              ],
              "details": {}
            }

            """);
    }

    [Fact]
    public async Task Nothing_is_told_on_stderr_and_is_no_failure()
    {
        Agent.Status = Agent.Status with { Resources = [] };

        (await RunAsync("get")).Should().Be(new Run(0, "", "No resources.\n"));
    }

    [Fact]
    public async Task An_unknown_resource_fails_and_an_unknown_kind_is_invalid_input()
    {
        (await RunAsync("get", "EdgeModule", "nobody")).Should().Be(
            new Run(1, "", "error: the device has no EdgeModule/nobody: `edgeop get` lists what it has.\n"));
        (await RunAsync("get", "EdgeModul")).Should().Be(
            new Run(3, "", "error: \"EdgeModul\" is no kind: did you mean EdgeModule? the kinds are EdgeModule, ConfigFile, FunctionApp, VirtualMachine, SystemUpdate, Secret\n"));
    }
}
