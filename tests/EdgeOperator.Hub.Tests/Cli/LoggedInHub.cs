namespace EdgeOperator.Hub.Tests.Cli;

/// <summary>A hub of its own, at which the command line is logged in.</summary>
public sealed class LoggedInHub : IAsyncLifetime
{
    public const string Password = "a longer password";

    public HubUnderTest Hub { get; private set; } = null!;

    internal HubCommandLine Edgeop { get; } = new();

    public async Task InitializeAsync()
    {
        Hub = await HubUnderTest.StartAsync();
        var (code, _, error) = await Edgeop.RunAsync(["login", $"https://{Hub.Host}", "--ca-file", Hub.CaFile], $"{Hub.OneTimePassword}\n{Password}\n{Password}\n");
        code.Should().Be(0, error);
    }

    public async Task DisposeAsync()
    {
        Edgeop.Dispose();
        await Hub.DisposeAsync();
    }
}
