namespace EdgeOperator.Cli.Tests.Verbs;

/// <summary>What can be asked while no agent runs.</summary>
public sealed class WithoutAgentTests : IAsyncLifetime
{
    private readonly FolderDevice _device = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _device.DisposeAsync();

    [Theory]
    [InlineData("history", "local@", "Succeeded")]
    [InlineData("events", "RevisionCommitted", "ConfigFile/motd")]
    public async Task What_happened_is_read_from_the_state_directory(string verb, params string[] parts)
    {
        _device.Desire("content: hello");
        (await _device.RunAsync("apply")).ExitCode.Should().Be(0);

        var run = await _device.RunAsync(verb);

        run.ExitCode.Should().Be(0);
        run.Out.Should().ContainAll(parts);
        run.Error.Should().StartWith("warning: no agent answers: this is what is in ");
    }

    [Fact]
    public async Task Without_a_state_directory_either_it_says_that_no_agent_answers() =>
        (await _device.RunAsync("history")).ExitCode.Should().Be(4);
}
