using System.Text.Json.Nodes;

namespace EdgeOperator.Cli.Tests.Verbs;

public sealed class RenderVerbTests : IAsyncLifetime
{
    private readonly FolderDevice _device = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _device.DisposeAsync();

    [Fact]
    public async Task It_prints_what_this_device_would_get()
    {
        _device.Desire("content: I am ${device.name}");

        (await _device.RunAsync("render")).Should().Be(new Run(0, $$"""
            ---
            # motd.yaml:1:1
            apiVersion: edgeoperator.io/v1alpha1
            kind: ConfigFile
            metadata:
              name: motd
            spec:
              path: {{_device.Motd}}
              content: I am pump-7

            """, ""));
        JsonNode.Parse((await _device.RunAsync("render", "-o", "json")).Out)![0]!["spec"]!["content"]!.GetValue<string>().Should().Be("I am pump-7");
    }

    [Fact]
    public async Task What_is_printed_can_be_applied_again()
    {
        _device.Desire("content: I am ${device.name}");
        var rendered = (await _device.RunAsync("render")).Out;

        (await _device.WithInputAsync(rendered, "plan", "-")).Should().Match<Run>(run => run.ExitCode == 0 && run.Out.Contains("1 to add"));
    }

    [Fact]
    public async Task Invalid_manifests_are_told_with_positions_and_exit_with_3()
    {
        _device.Desire("contnet: hello");

        (await _device.RunAsync("render")).Should().Match<Run>(run => run.ExitCode == 3 && run.Error.Contains("did you mean `content`?"));
    }
}
