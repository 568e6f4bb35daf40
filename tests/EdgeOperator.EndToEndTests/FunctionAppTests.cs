using System.Collections.Concurrent;
using System.Globalization;
using EdgeOperator.EndToEndTests.Support;
using EdgeOperator.Testing;
using EdgeOperator.Testing.Devices;

namespace EdgeOperator.EndToEndTests;

/// <summary>Function apps from a commit to an answer, on a device without a container engine.</summary>
public sealed class FunctionAppTests : IAsyncLifetime
{
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(60) };
    private readonly int _port = FreePort.Next();
    private Repository _repository = null!;
    private Device _device = null!;

    public async Task InitializeAsync()
    {
        _repository = await Repository.CreateAsync();
        _device = new(await EdgeopBinary.PathAsync(), engine: null, _repository.Url);
    }

    public async Task DisposeAsync()
    {
        await _device.DisposeAsync();
        _repository.Dispose();
        _http.Dispose();
    }

    [Fact]
    public async Task A_committed_app_is_served_and_the_command_line_looks_into_it()
    {
        await ServeAsync("v1");

        (await AskAsync()).Should().Be("v1");
        (await _device.EdgeopAsync("function", "list")).Output.Should().Contain("hello").And.Contain("httpTrigger").And.Contain($"http://127.0.0.1:{_port}/api/hello");
        (await _device.EdgeopAsync("describe", "FunctionApp/hello")).Output.Should().Contain("serving").And.Contain("Serving");
        (await _device.EdgeopAsync("function", "call", "hello/hello")).Code.Should().Be(0);
        (await _device.EdgeopAsync("function", "keys", "create", "hello", "host", "till")).Output.Trim().Should().NotBeEmpty();
        (await _device.EdgeopAsync("function", "keys", "list", "hello")).Output.Should().Contain("till");
        (await _device.EdgeopAsync("logs", "FunctionApp/hello")).Output.Should().Contain($"serves on http://127.0.0.1:{_port}");
        (await _device.EdgeopAsync("plan")).Output.Should().Be("No changes.\n");
    }

    [Fact]
    public async Task A_changed_commit_takes_over_without_a_dropped_request()
    {
        await ServeAsync("v1");
        using var end = new CancellationTokenSource();
        var answers = new ConcurrentBag<string>();
        var clients = Enumerable.Range(0, 4).Select(_ => Task.Run(() => AskOnAndOnAsync(answers, end.Token))).ToArray();

        await ServeAsync("v2");
        await Eventually.TrueAsync("the new version answers", () => answers.Contains("v2"));
        await end.CancelAsync();
        await Task.WhenAll(clients);

        answers.Distinct().Should().BeEquivalentTo("v1", "v2");
    }

    [Fact]
    public async Task A_commit_that_can_not_be_loaded_is_rolled_back_and_the_old_version_serves_all_the_while()
    {
        var good = await ServeAsync("v1");
        var process = await ProcessAsync();
        using var end = new CancellationTokenSource();
        var answers = new ConcurrentBag<string>();
        var client = Task.Run(() => AskOnAndOnAsync(answers, end.Token));

        var files = SampleApp.Files("v2", _port, "healthTimeout: 8s");
        files[1].Content = "{\"version\": \"2.0\", ";
        var bad = await _repository.CommitAsync(files);

        await _device.SeesAsync("it was rolled back", status =>
            status.Applied?.Id == good && status.Desired?.Id == bad && status.Resources.Single().State == "serving");
        await end.CancelAsync();
        await client;
        answers.Distinct().Should().Equal("v1");
        (await ProcessAsync()).Should().Be(process);
        var history = (await _device.EdgeopAsync("history")).Output;
        history.Should().Contain("RolledBack").And.Contain("host.json");
    }

    [Fact]
    public async Task A_host_outlives_its_agent_and_is_adopted_by_the_next()
    {
        await ServeAsync("v1");
        var process = await ProcessAsync();

        await _device.KillAsync();
        (await AskAsync()).Should().Be("v1");
        await _device.StartAsync();

        await _device.SeesAsync("it is ready again", status => Device.Is(status, "Ready"));
        (await ProcessAsync()).Should().Be(process);
        await ServeAsync("v2");
        (await AskAsync()).Should().Be("v2");
        (await ProcessAsync()).Should().Be(process);
    }

    [Theory]
    [InlineData("kill-before:install")]
    [InlineData("kill-after:install")]
    [InlineData("kill-before:serve")]
    [InlineData("kill-after:serve")]
    public async Task An_update_converges_wherever_the_agent_was_killed_and_the_host_stays(string fault)
    {
        await ServeAsync("v1");
        var process = await ProcessAsync();
        await _device.TerminateAsync();
        var commit = await _repository.CommitAsync(SampleApp.Files("v2", _port));

        _device.Launch($"EDGEOP_FAULT={fault}");
        await Eventually.TrueAsync("the agent is killed", () => !_device.IsRunning, Eventually.Slow);
        await _device.ExitedAsync();
        await _device.StartAsync();

        await _device.ReachesAsync(commit);
        (await AskAsync()).Should().Be("v2");
        (await ProcessAsync()).Should().Be(process);
    }

    [Theory]
    [InlineData("kill-before:stop")]
    [InlineData("kill-after:stop")]
    [InlineData("kill-after:remove")]
    public async Task A_removal_converges_wherever_the_agent_was_killed(string fault)
    {
        await ServeAsync("v1");
        await _device.TerminateAsync();
        var commit = await _repository.CommitAsync(("motd.yaml", Manifests.ConfigFile("motd", $"{_device.FilesRoot}/motd", "x")));

        _device.Launch($"EDGEOP_FAULT={fault}");
        await Eventually.TrueAsync("the agent is killed", () => !_device.IsRunning, Eventually.Slow);
        await _device.ExitedAsync();
        await _device.StartAsync();

        await _device.ReachesAsync(commit);
        await Eventually.SucceedsAsync(() => Directory.GetDirectories(Path.Combine(_device.AppsFolder, "hello", "packages")).Should().BeEmpty());
        await FluentActions.Awaiting(() => AskAsync()).Should().ThrowAsync<HttpRequestException>();
    }

    [Fact]
    public async Task A_host_that_dies_is_started_again()
    {
        await ServeAsync("v1");
        var process = await ProcessAsync();

        await Shell.RunAsync("kill", "-9", $"{process}");

        await Eventually.SucceedsAsync(async () => (await ProcessAsync()).Should().NotBe(process), Eventually.Slow);
        await Eventually.SucceedsAsync(async () => (await AskAsync()).Should().Be("v1"));
    }

    [Fact]
    public async Task An_app_that_is_removed_stops_and_leaves_no_package_behind()
    {
        await ServeAsync("v1");
        var process = await ProcessAsync();

        var without = await _repository.CommitAsync(("motd.yaml", Manifests.ConfigFile("motd", $"{_device.FilesRoot}/motd", "x")));
        await _device.ReachesAsync(without);

        Directory.Exists($"/proc/{process}").Should().BeFalse();
        await Eventually.SucceedsAsync(() => Directory.GetDirectories(Path.Combine(_device.AppsFolder, "hello", "packages")).Should().BeEmpty());
        File.Exists(Path.Combine(_device.AppsFolder, "hello", "home", "app.json")).Should().BeFalse();
    }

    [Fact]
    public async Task Settings_reach_the_app_and_secrets_reach_nobody_else()
    {
        var secret = Path.Combine(_device.Root, "secret");
        await File.WriteAllTextAsync(secret, "hush-hush\n");

        await ServeAsync("v1", $"settings: {{PLAIN: open}}\nsettingsFiles: {{HIDDEN: {secret}}}");

        (await AskAsync("?name=PLAIN")).Should().Be("open");
        (await AskAsync("?name=HIDDEN")).Should().Be("hush-hush");
        var told = _device.Log + (await _device.EdgeopAsync("describe", "FunctionApp/hello", "-o", "json")).Output
            + (await _device.EdgeopAsync("events", "-o", "json")).Output + (await _device.EdgeopAsync("logs", "FunctionApp/hello")).Output
            + await File.ReadAllTextAsync($"/proc/{await ProcessAsync()}/cmdline");
        told.Should().NotContain("hush-hush");
        File.GetUnixFileMode(Path.Combine(_device.AppsFolder, "hello", "home", "app.json")).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public async Task An_app_runs_as_its_user_and_the_user_may_change()
    {
        await Shell.RunAsync("chmod", "711", _device.Root);
        await ServeAsync("v1", "user: nobody");
        (await AskAsync("?uid")).Should().Be((await Shell.RunAsync("id", "-u", "nobody")).Trim());

        await ServeAsync("v1", "user: daemon");
        (await AskAsync("?uid")).Should().Be((await Shell.RunAsync("id", "-u", "daemon")).Trim());
    }

    private async Task<string> ServeAsync(string version, string spec = "")
    {
        var commit = await _repository.CommitAsync(SampleApp.Files(version, _port, spec));
        if (!_device.IsStarted)
            await _device.StartAsync();
        await _device.ReachesAsync(commit);
        return commit;
    }

    private Task<string> AskAsync(string query = "") => _http.GetStringAsync(new Uri($"http://127.0.0.1:{_port}/api/hello{query}"));

    /// <summary>Fails at the first request that is not answered well.</summary>
    private async Task AskOnAndOnAsync(ConcurrentBag<string> answers, CancellationToken end)
    {
        while (!end.IsCancellationRequested)
            answers.Add(await AskAsync());
    }

    private async Task<int> ProcessAsync() =>
        int.Parse((await _device.StatusAsync()).Resources.Single(r => r.Name == "hello").Details["process"], CultureInfo.InvariantCulture);
}
