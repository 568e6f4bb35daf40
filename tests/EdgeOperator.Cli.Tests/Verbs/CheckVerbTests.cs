using System.Text.Json.Nodes;
using EdgeOperator.Testing;

namespace EdgeOperator.Cli.Tests.Verbs;

public sealed class CheckVerbTests : AgainstAnAgent
{
    [Fact]
    public async Task It_says_what_is_wrong_and_what_to_do_and_exits_accordingly()
    {
        using var folder = Configured();

        var run = await RunAsync("check", "--config", folder.File("agent.yaml"));

        run.ExitCode.Should().Be(1, run.Out);
        run.Out.Should().Contain($"ok      configuration {folder.File("agent.yaml")} can be used\n");
        run.Out.Should().MatchRegex("error   engine +no engine listens on .*none.sock.*\n +start Docker or Podman");
        run.Out.Should().MatchRegex("warning agent +not Ready, Progressing: 2 of 3 resources are ready\n");
        run.Out.Should().MatchRegex("bench: [0-9]+ ok, [0-9]+ warnings, [0-9]+ errors, [0-9]+ skipped\n$");
    }

    [Fact]
    public async Task Programs_get_a_document()
    {
        using var folder = Configured();

        var run = await RunAsync("check", "--config", folder.File("agent.yaml"), "-o", "json");

        var report = JsonNode.Parse(run.Out)!;
        ((string?)report["device"], (string?)report["at"]).Should().Be(("bench", "2026-07-01T12:00:00+00:00"));
        report["checks"]!.AsArray().Should().Contain(c => (string?)c!["area"] == "engine" && (string?)c["verdict"] == "Error" && ((string?)c["fix"])!.Length > 0);
    }

    [Fact]
    public async Task A_configuration_that_can_t_be_used_is_the_first_finding_and_the_rest_is_looked_at_all_the_same()
    {
        using var folder = new TempFolder("check");
        folder.Write("agent.yaml", "apiVersion: edgeoperator.io/v1alpha1\nkind: AgentConfiguration\nspec: {devise: {name: x}}\n");

        var run = await RunAsync("check", "--config", folder.File("agent.yaml"));

        run.ExitCode.Should().Be(1);
        run.Out.Should().StartWith("error   configuration ").And.Contain("agent.yaml:3:").And.MatchRegex("\n(ok|warning|error) +disk ");
    }

    [Fact]
    public async Task A_support_bundle_goes_into_a_new_file_of_one_s_own()
    {
        using var folder = Configured();
        var file = folder.File("bundle.tar.gz");

        var first = await RunAsync("support-bundle", "--file", file, "--reason", "ticket 7");
        var second = await RunAsync("support-bundle", "--file", file);

        (first.ExitCode, File.ReadAllText(file)).Should().Be((0, "a bundle"));
        first.Out.Should().StartWith($"{file}: look through its logs");
        File.GetUnixFileMode(file).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Agent.Calls.Should().Contain(call => call.StartsWith("support bundle by") && call.EndsWith("(ticket 7)"));
        (second.ExitCode, second.Error).Should().Match<(int Code, string Error)>(run => run.Code == 1 && run.Error.Contains("can't be made"));
    }

    private static TempFolder Configured()
    {
        var folder = new TempFolder("check");
        folder.Write("agent.yaml", $$"""
            apiVersion: edgeoperator.io/v1alpha1
            kind: AgentConfiguration
            spec: {device: {name: bench}, engine: {socket: "unix://{{folder.File("none.sock")}}"}, stateDirectory: "{{folder.File("state")}}"}
            """);
        return folder;
    }
}
