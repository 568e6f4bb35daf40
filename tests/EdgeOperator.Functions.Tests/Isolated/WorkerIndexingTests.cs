using System.Net;
using EdgeOperator.Functions.Tests.Hosting.Real;
using EdgeOperator.Testing;

namespace EdgeOperator.Functions.Tests.Isolated;

/// <summary>Apps built with <c>FunctionsEnableWorkerIndexing</c> false: the host reads what functions there are.</summary>
public sealed class WorkerIndexingTests : IAsyncLifetime
{
    private readonly FunctionsHost _host = new();
    private string _folder = "";

    public async Task InitializeAsync()
    {
        await _host.StartAsync();
        _folder = _host.App("unindexed", ("x", ""));
        await Shell.RunAsync("cp", "-R", await IsolatedAppBuild.FolderAsync() + "/.", _folder);
        var config = Path.Combine(_folder, "worker.config.json");
        await File.WriteAllTextAsync(config, (await File.ReadAllTextAsync(config)).Replace("\"workerIndexing\": \"true\"", "\"workerIndexing\": \"false\"", StringComparison.Ordinal));
    }

    public Task DisposeAsync() => _host.DisposeAsync().AsTask();

    [Fact]
    public async Task The_functions_of_functions_metadata_run()
    {
        await _host.ServeAsync(new() { App = "unindexed", Generation = "g", Folder = _folder, Port = _host.Port });

        using var response = await _host.Client.GetAsync("api/data/hello/3");

        response.StatusCode.Should().Be(HttpStatusCode.Accepted);
        response.Headers.GetValues("x-id").Should().Equal("3");
    }

    [Fact]
    public async Task An_app_without_a_function_is_an_error()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "functions.metadata"), "[]");

        await _host.PutAsync(new() { App = "unindexed", Generation = "g", Folder = _folder, Port = _host.Port });

        await Eventually.SucceedsAsync(async () => (await _host.ReportAsync()).Failure.Should().StartWith("The app unindexed has no functions"));
    }
}
