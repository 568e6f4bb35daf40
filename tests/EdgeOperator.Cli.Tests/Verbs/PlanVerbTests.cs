using System.Text.Json.Nodes;

namespace EdgeOperator.Cli.Tests.Verbs;

public sealed class PlanVerbTests : IAsyncLifetime
{
    private readonly FolderDevice _device = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _device.DisposeAsync();

    [Fact]
    public async Task It_says_what_would_happen_and_does_nothing()
    {
        _device.Desire("content: hello");

        (await _device.RunAsync("plan")).Should().Be(new Run(0, $"~ write {_device.Motd}: it is missing\n", ""));
        File.Exists(_device.Motd).Should().BeFalse();
    }

    [Fact]
    public async Task The_detailed_exit_code_tells_changes_from_none()
    {
        _device.Desire("content: hello");

        (await _device.RunAsync("plan", "--detailed-exitcode")).ExitCode.Should().Be(2);
        (await _device.RunAsync("apply")).ExitCode.Should().Be(0);
        (await _device.RunAsync("plan", "--detailed-exitcode")).Should().Be(new Run(0, "No changes.\n", ""));
    }

    [Fact]
    public async Task A_folder_takes_the_place_of_the_sources()
    {
        _device.Desire("content: configured");
        _device.Desire("content: other", folder: $"{_device.Source}-other");

        (await _device.RunAsync("apply")).ExitCode.Should().Be(0);

        (await _device.RunAsync("plan", $"{_device.Source}-other")).Out.Should().Be($"~ write {_device.Motd}: its content differs\n");
    }

    [Fact]
    public async Task JSON_is_a_document_of_steps()
    {
        _device.Desire("content: hello");

        var plan = JsonNode.Parse((await _device.RunAsync("plan", "-o", "json")).Out)!;

        plan["steps"]!.AsArray().Should().ContainSingle().Which!["action"]!.GetValue<string>().Should().Be("WriteFile");
    }

    [Fact]
    public async Task On_a_terminal_it_is_coloured()
    {
        _device.Desire("content: hello");

        (await _device.OnTerminalAsync("plan")).Out.Should().StartWith("\e[33m~ write ").And.EndWith("\e[0m\n");
    }

    [Fact]
    public async Task Invalid_manifests_are_told_with_positions_and_exit_with_3()
    {
        _device.Desire("contnet: hello");

        var run = await _device.RunAsync("plan");

        run.ExitCode.Should().Be(3);
        run.Error.Should().Contain("(motd.yaml:6:3): did you mean `content`?");
    }

    [Fact]
    public async Task A_source_that_does_not_deliver_fails()
    {
        (await _device.RunAsync("plan", "/nowhere")).Should().Be(
            new Run(1, "", "error: source path (/nowhere) does not deliver: the folder /nowhere does not exist\n"));
    }
}
