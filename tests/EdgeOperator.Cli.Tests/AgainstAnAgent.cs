using EdgeOperator.Agent.Tests.LocalApi;

namespace EdgeOperator.Cli.Tests;

/// <summary>A served agent for each test, asked through <c>edgeop</c>.</summary>
public abstract class AgainstAnAgent : IAsyncLifetime
{
    private protected ServedAgent Served { get; private set; } = null!;

    private protected CannedAgent Agent => Served.Agent;

    public async Task InitializeAsync() => Served = await ServedAgent.StartAsync();

    public async Task DisposeAsync() => await Served.DisposeAsync();

    private protected Task<Run> RunAsync(params string[] arguments) => Edgeop.RunAsync([.. arguments, "--socket", Served.Socket]);

    private protected Task<Run> OnTerminalAsync(int width, params string[] arguments) => Edgeop.OnTerminalAsync(width, [.. arguments, "--socket", Served.Socket]);

    private protected Task<Run> OnTerminalAsync(params string[] arguments) => Edgeop.OnTerminalAsync([.. arguments, "--socket", Served.Socket]);
}
