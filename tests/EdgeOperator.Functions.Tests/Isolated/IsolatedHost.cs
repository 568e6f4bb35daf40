using System.Collections.Immutable;
using EdgeOperator.Core.Protocol.Functions;
using EdgeOperator.Functions.Tests.Hosting.Real;
using EdgeOperator.Testing;

namespace EdgeOperator.Functions.Tests.Isolated;

/// <summary>The host as a process of its own, with the app of Microsoft's .NET isolated worker.</summary>
public class IsolatedHost : IAsyncLifetime
{
    internal FunctionsHost Host { get; } = new();

    internal HttpClient Client => Host.Client;

    /// <summary>Whether the app's HTTP functions are written with ASP.NET Core.</summary>
    protected virtual bool IsWeb => false;

    internal async Task<AppRequest> RequestAsync(string generation, params (string Name, string Value)[] settings) => new()
    {
        App = "isolated",
        Generation = generation,
        Folder = await IsolatedAppBuild.FolderAsync(),
        Port = Host.Port,
        Settings = settings.Append(("INTEGRATION", IsWeb ? "AspNetCore" : "")).ToImmutableSortedDictionary(s => s.Item1, s => s.Item2),
    };

    public virtual async Task InitializeAsync()
    {
        await Host.StartAsync();
        await Host.ServeAsync(await RequestAsync("g1"));
    }

    public Task DisposeAsync() => Host.DisposeAsync().AsTask();

    internal async Task<string> LogAsync(string function) => await Host.Control.GetStringAsync($"logs?function={function}");
}

public sealed class WebHost : IsolatedHost
{
    protected override bool IsWeb => true;
}
