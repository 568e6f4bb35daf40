using System.Text.Json.Nodes;

namespace EdgeOperator.Cli.Tests.Verbs;

public sealed class ApplyVerbTests : IAsyncLifetime
{
    private readonly FolderDevice _device = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _device.DisposeAsync();

    [Fact]
    public async Task Without_an_agent_it_works_in_the_foreground()
    {
        _device.Desire("content: hello");

        var run = await _device.RunAsync("apply");

        run.ExitCode.Should().Be(0, run.Error);
        run.Out.Should().Contain($"WriteFile: write {_device.Motd}: it is missing\n").And.Contain("\nHealthy at local@");
        File.ReadAllText(_device.Motd).Should().Be("hello");
    }

    [Fact]
    public async Task A_folder_can_be_applied()
    {
        _device.Desire("content: other", folder: $"{_device.Source}-other");

        (await _device.RunAsync("apply", $"{_device.Source}-other", "--wait")).ExitCode.Should().Be(0);

        File.ReadAllText(_device.Motd).Should().Be("other");
    }

    [Fact]
    public async Task With_an_agent_it_is_the_agent_that_reconciles()
    {
        _device.Desire("content: first");
        await _device.StartAgentAsync();
        (await _device.RunAsync("apply")).ExitCode.Should().Be(0);
        _device.Desire("content: second");

        var run = await _device.RunAsync("apply", "-o", "json");

        run.ExitCode.Should().Be(0, run.Error);
        JsonNode.Parse(run.Out)!["device"]!.GetValue<string>().Should().Be("pump-7");
        File.ReadAllText(_device.Motd).Should().Be("second");
    }

    [Fact]
    public async Task A_folder_is_not_applied_beside_an_agent()
    {
        _device.Desire("content: hello");
        await _device.StartAgentAsync();

        (await _device.RunAsync("apply", _device.Source)).Should().Be(new Run(
            1, "", "error: an agent is running on this device: stop it to apply files or folders by hand, or leave out PATH to have it reconcile\n"));
    }

    [Fact]
    public async Task Invalid_manifests_exit_with_3_with_and_without_an_agent()
    {
        _device.Desire("content: hello");
        (await _device.RunAsync("apply")).ExitCode.Should().Be(0);
        _device.Desire("contnet: broken");

        var inForeground = await _device.RunAsync("apply");
        await _device.StartAgentAsync();
        var throughAgent = await _device.RunAsync("apply");

        inForeground.ExitCode.Should().Be(3);
        inForeground.Error.Should().Contain("(motd.yaml:6:3): did you mean `content`?");
        throughAgent.ExitCode.Should().Be(3);
        throughAgent.Error.Should().MatchRegex("^error: local@[0-9a-f]{7} is refused: ");
        File.ReadAllText(_device.Motd).Should().Be("hello");
    }

    [Fact]
    public async Task What_does_not_become_healthy_in_time_exits_with_5()
    {
        _device.Desire("content: hello\n  dependsOn: [EdgeModule/web]");
        File.WriteAllText(Path.Combine(_device.Source, "web.yaml"), """
            apiVersion: edgeoperator.io/v1alpha1
            kind: EdgeModule
            metadata: {name: web}
            spec: {image: "registry.invalid/web:1"}
            """);

        var run = await _device.RunAsync("apply", "--timeout", "2s");

        run.ExitCode.Should().Be(5);
        run.Error.Should().Contain("error: not healthy within 2s: local@");
    }

    [Fact]
    public async Task On_a_terminal_the_status_is_drawn_until_it_is_decided()
    {
        _device.Desire("content: hello");

        var run = await _device.OnTerminalAsync("apply");

        run.ExitCode.Should().Be(0, run.Error);
        run.Out.Should().Contain("ConfigFile/motd").And.EndWith("1 resource is as desired\n");
    }

    [Fact]
    public async Task A_wrong_timeout_is_invalid_input()
    {
        (await _device.RunAsync("apply", "--timeout", "5 minutes")).Should().Be(
            new Run(3, "", "error: --timeout can't be \"5 minutes\": write a duration such as 30s, 5m or 1h30m\n"));
    }
}
