using System.Collections.Immutable;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using EdgeOperator.Core.Protocol.Functions;
using EdgeOperator.Functions.App;
using EdgeOperator.Functions.Hosting;
using EdgeOperator.Functions.Hosting.Commands;
using EdgeOperator.Functions.Invoking;
using EdgeOperator.Testing;

namespace EdgeOperator.Functions.Tests.Hosting.Commands;

/// <summary>A whole host in this process: its folder, its socket, its port.</summary>
public sealed class HostProcessTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new("fh");
    private readonly CancellationTokenSource _stop = new();
    private readonly int _port = FreePort.Next();
    private HttpClient _control = new();
    private Task _running = Task.CompletedTask;

    private string Home => Path.Combine(_folder, "home");

    public Task InitializeAsync() => StartAsync();

    public async Task DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _control.Dispose();
        _stop.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task What_is_put_is_served_and_remembered()
    {
        await PutAsync("one");
        await ServingAsync("one");

        File.Exists(Path.Combine(Home, "app.json")).Should().BeTrue();
        File.GetUnixFileMode(Path.Combine(Home, "app.json")).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.GetUnixFileMode(Home).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        using var client = RunningHost.ClientOf(_port);
        (await client.GetStringAsync("api/echo")).Should().Be("one");

        await StopAndStartAsync();
        await ServingAsync("one");
        (await client.GetStringAsync("api/echo")).Should().Be("one");
    }

    [Fact]
    public async Task The_report_tells_of_functions_and_their_counts()
    {
        await PutAsync("one");
        await ServingAsync("one");

        var report = await ReportAsync();

        report.Url.Should().Be($"http://127.0.0.1:{_port}");
        report.ProcessId.Should().Be(Environment.ProcessId);
        report.Functions.Should().Contain(f => f.Name == "echo" && f.Url == $"http://127.0.0.1:{_port}/api/echo" && f.Trigger == "httpTrigger" && f.Error == null);
        report.Functions.Should().Contain(f => f.Name == "broken" && f.Error == "its function.json is wrong");
    }

    [Fact]
    public async Task A_function_is_called_by_hand_whatever_its_trigger_is()
    {
        await PutAsync("one");
        await ServingAsync("one");

        (await CallAsync("echo", null)).Should().Match<CallReport>(r => r.Output == "one" && r.Error == null);
        (await CallAsync("work", "a message")).Should().Match<CallReport>(r => r.Output == "got a message" && r.Error == null);
        (await CallAsync("fails", null)).Error.Should().Be("it went wrong");

        using var unknown = await _control.PostAsJsonAsync("functions/none", new CallRequest(null), HostJson.Default.CallRequest);
        unknown.StatusCode.Should().Be(HttpStatusCode.NotFound);
        (await unknown.Content.ReadAsStringAsync()).Should().Contain("echo, fails, locked, work");
    }

    [Fact]
    public async Task Logs_are_told_and_followed()
    {
        await PutAsync("one");
        await ServingAsync("one");
        await Eventually.SucceedsAsync(async () => (await _control.GetStringAsync("logs?tail=50")).Should().Contain("Generation one serves on"));

        using var following = await _control.GetAsync("logs?tail=0&follow=true", HttpCompletionOption.ResponseHeadersRead);
        using var lines = new StreamReader(await following.Content.ReadAsStreamAsync());
        await PutAsync("two");

        string? line;
        do
        {
            line = await lines.ReadLineAsync().WaitAsync(Eventually.Deadline);
        }
        while (line is not null && !line.Contains("Generation two serves on", StringComparison.Ordinal));

        line.Should().NotBeNull();
    }

    [Fact]
    public async Task Keys_are_made_listed_and_deleted()
    {
        await PutAsync("one");
        await ServingAsync("one");
        using var made = await _control.PostAsync("keys/echo/client", null);
        made.StatusCode.Should().Be(HttpStatusCode.Created);
        (await made.Content.ReadFromJsonAsync(HostJson.Default.KeyReport))!.Value.Should().NotBeNullOrEmpty();

        var all = await _control.GetFromJsonAsync("keys", HostJson.Default.ImmutableArrayKeyReport);
        all.Should().BeEquivalentTo([new KeyReport("master", "_master", null), new KeyReport("host", "default", null), new KeyReport("echo", "client", null)]);

        (await _control.PostAsync("keys/none/client", null)).StatusCode.Should().Be(HttpStatusCode.NotFound);
        (await _control.PutAsJsonAsync("keys/host/given", new KeyReport("host", "given", "short"), HostJson.Default.KeyReport)).StatusCode.Should().Be(HttpStatusCode.Conflict);
        (await _control.DeleteAsync("keys/echo/client")).StatusCode.Should().Be(HttpStatusCode.NoContent);
        (await _control.DeleteAsync("keys/echo/client")).StatusCode.Should().Be(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Metrics_are_told_in_Prometheus_text()
    {
        await PutAsync("one");
        await ServingAsync("one");
        using var client = RunningHost.ClientOf(_port);
        await client.GetAsync("api/locked");

        (await _control.GetStringAsync("metrics")).Should().Contain("edgeoperator_functions_rejections_total{status=\"401\"} 1");
    }

    [Fact]
    public async Task A_second_host_in_the_folder_is_refused()
    {
        var second = () => HostProcess.RunAsync(HomeFolder.Open(Home), null, new(), CannedParts.ComposeAsync, null, TimeProvider.System, CancellationToken.None);

        (await second.Should().ThrowAsync<AppException>()).WithMessage("another host runs here*");
    }

    [Fact]
    public async Task A_stop_over_the_socket_ends_the_host()
    {
        (await _control.PostAsync("stop", null)).StatusCode.Should().Be(HttpStatusCode.Accepted);

        await _running.WaitAsync(Eventually.Deadline);
    }

    [Fact]
    public async Task A_body_that_is_no_request_is_refused_with_words()
    {
        using var refused = await _control.PutAsync("generation", new StringContent("""{ "app": "x" }"""));

        refused.StatusCode.Should().Be(HttpStatusCode.BadRequest);
        (await refused.Content.ReadAsStringAsync()).Should().Contain("generation");
    }

    private async Task StartAsync()
    {
        _running = HostProcess.RunAsync(HomeFolder.Open(Home), null, new(), CannedParts.ComposeAsync, null, TimeProvider.System, _stop.Token);
        _control = UnixHttp.Client(Path.Combine(Home, "host.sock"), "http://host/");
        await Eventually.GetAsync(ReportAsync);
    }

    private async Task StopAndStartAsync()
    {
        await _control.PostAsync("stop", null);
        await _running;
        _control.Dispose();
        await StartAsync();
    }

    private async Task PutAsync(string generation)
    {
        using var answer = await _control.PutAsJsonAsync(
            "generation", new() { App = "canned", Generation = generation, Folder = "/canned", Port = _port }, HostJson.Default.AppRequest);
        answer.StatusCode.Should().Be(HttpStatusCode.Accepted);
    }

    private Task ServingAsync(string generation) => Eventually.SucceedsAsync(async () => (await ReportAsync()).Serving.Should().Be(generation));

    private async Task<HostReport> ReportAsync() => (await _control.GetFromJsonAsync("status", HostJson.Default.HostReport))!;

    private async Task<CallReport> CallAsync(string function, string? input)
    {
        using var answer = await _control.PostAsJsonAsync($"functions/{function}", new CallRequest(input), HostJson.Default.CallRequest);
        return JsonSerializer.Deserialize(await answer.Content.ReadAsStringAsync(), HostJson.Default.CallReport)!;
    }

    private sealed class CannedParts : IHostParts
    {
        public static Task<IHostParts> ComposeAsync(HostContext host, CancellationToken cancellation) => Task.FromResult<IHostParts>(new CannedParts());

        public Task<IRunningApp> StartAsync(AppRequest request, CancellationToken cancellation) => Task.FromResult<IRunningApp>(
            new CannedApp { Problems = [new("broken", "its function.json is wrong")] }
                .Answering("echo", CannedApp.Returning(new Value.Text(request.Generation)))
                .Answering("locked", CannedApp.Returning(null), "{}")
                .Triggered("work", "queueTrigger", (invocation, _) => Task.FromResult(new InvocationResult(
                    ImmutableSortedDictionary<string, Value>.Empty, new Value.Text($"got {((Value.Text)invocation.Inputs["input"]).Content}"), null)))
                .Triggered("fails", "queueTrigger", (_, _) => Task.FromResult(InvocationResult.Failed("it went wrong"))));

        public Task? Answer(Microsoft.AspNetCore.Http.HttpContext context, string[] path) => null;

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
