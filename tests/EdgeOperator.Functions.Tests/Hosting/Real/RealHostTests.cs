using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using EdgeOperator.Testing;

namespace EdgeOperator.Functions.Tests.Hosting.Real;

public sealed class RealHostTests : IAsyncLifetime
{
    private readonly FunctionsHost _host = new();

    public Task InitializeAsync() => _host.StartAsync();

    public Task DisposeAsync() => _host.DisposeAsync().AsTask();

    [Fact]
    public async Task An_app_of_a_custom_handler_answers_requests_and_works_on_queues_and_timers()
    {
        await _host.ServeAsync(ScriptApp.Write(_host, "v1", withTimer: true));

        (await _host.GetAsync("api/hello")).Should().StartWith("v1 ");
        await _host.SendAsync("work", "one");
        await Eventually.SucceedsAsync(async () => (await LengthAsync("done")).Should().Be(1));
        await Eventually.SucceedsAsync(async () => (await LengthAsync("ticks")).Should().BeGreaterThan(1));

        await Eventually.SucceedsAsync(async () =>
            (await _host.Control.GetStringAsync("logs?function=work")).Should().Contain("worked on one"));
        (await _host.Control.GetStringAsync("metrics")).Should()
            .Contain("edgeoperator_functions_invocations_total{function=\"hello\"} 1").And
            .Contain("edgeoperator_functions_queue_depth{queue=\"done\"} 1");
    }

    [Fact]
    public async Task No_request_fails_while_real_workers_are_swapped_under_load()
    {
        await _host.ServeAsync(ScriptApp.Write(_host, "v0"));
        using var end = new CancellationTokenSource();
        var load = Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            var answers = new HashSet<string>();
            while (!end.IsCancellationRequested)
                answers.Add((await _host.GetAsync("api/hello")).Split(' ')[0]);
            return answers;
        })).ToArray();

        for (var i = 1; i <= 3; i++)
            await _host.ServeAsync(ScriptApp.Write(_host, $"v{i}") with { Instances = i });

        await end.CancelAsync();
        (await Task.WhenAll(load)).SelectMany(a => a).Distinct().Should().Contain("v0").And.HaveCountGreaterThan(1);
        (await _host.GetAsync("api/hello")).Should().StartWith("v3 ");
    }

    [Fact]
    public async Task A_host_that_was_killed_goes_on_where_it_was_and_leaves_no_worker_behind()
    {
        await _host.ServeAsync(ScriptApp.Write(_host, "v1"));
        var worker = int.Parse((await _host.GetAsync("api/hello")).Split(' ')[1]);
        await _host.SendAsync("later", "kept");

        await _host.KillAsync();
        await Eventually.TrueAsync("its worker is gone", () => !Directory.Exists($"/proc/{worker}"));
        await _host.StartAsync();

        await Eventually.SucceedsAsync(async () => (await _host.ReportAsync()).Serving.Should().Be("v1"));
        (await _host.GetAsync("api/hello")).Should().StartWith("v1 ");
        (await LengthAsync("later")).Should().Be(1);
    }

    [Fact]
    public async Task A_host_that_is_killed_in_the_middle_of_a_queue_loses_no_message()
    {
        var diary = Path.Combine(_host.Home, "diary");
        var request = ScriptApp.Write(_host, "v1");
        await _host.ServeAsync(request with { Settings = request.Settings.Add("DIARY", diary) });
        string[] items = [.. Enumerable.Range(0, 300).Select(i => $"item-{i}")];
        await Task.WhenAll(items.Select(item => _host.SendAsync("work", item)));

        await Eventually.TrueAsync("some of it is done", () => File.Exists(diary));
        await _host.KillAsync();
        await _host.StartAsync();

        await Eventually.SucceedsAsync(async () => (await LengthAsync("work")).Should().Be(0));
        File.ReadAllLines(diary).Should().Contain(items);
        (await LengthAsync("done")).Should().BeGreaterThanOrEqualTo(300);
        (await LengthAsync("work-poison")).Should().Be(0);
    }

    [Fact]
    public async Task A_worker_that_was_killed_is_replaced()
    {
        await _host.ServeAsync(ScriptApp.Write(_host, "v1"));
        var worker = (await _host.GetAsync("api/hello")).Split(' ')[1];

        await Shell.RunAsync("kill", "-9", worker);

        await Eventually.SucceedsAsync(async () => (await _host.GetAsync("api/hello")).Split(' ')[1].Should().NotBe(worker));
    }

    [Fact]
    public async Task A_thousand_requests_at_once_are_all_answered()
    {
        await _host.ServeAsync(ScriptApp.Write(_host, "v1") with { Instances = 2 });

        var answers = await Task.WhenAll(Enumerable.Range(0, 1000).Select(_ => _host.GetAsync("api/hello")));

        answers.Should().OnlyContain(a => a.StartsWith("v1 "));
        answers.Distinct().Should().HaveCount(2, "both workers are used");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_forwarded_body_over_the_limit_is_413_and_the_worker_goes_on(bool chunked)
    {
        var request = ScriptApp.Write(_host, "v1");
        await _host.ServeAsync(request with { Settings = request.Settings.Add("FUNCTIONS_REQUEST_BODY_SIZE_LIMIT", "100000") });

        (await PostAsync(new byte[90_000], chunked)).Should().Be(HttpStatusCode.OK);
        (await PostAsync(new byte[200_000], chunked)).Should().Be(HttpStatusCode.RequestEntityTooLarge);
        (await PostAsync(new byte[90_000], chunked)).Should().Be(HttpStatusCode.OK);
        (await _host.ReportAsync()).Instances.Should().OnlyContain(i => i.Restarts == 0);
    }

    [Fact]
    public async Task An_app_that_is_wrong_is_told_with_the_reason_while_the_old_one_serves()
    {
        await _host.ServeAsync(ScriptApp.Write(_host, "v1"));

        await _host.PutAsync(ScriptApp.Write(_host, "v2") with { Folder = "/nowhere" });

        await Eventually.SucceedsAsync(async () => (await _host.ReportAsync()).Failure.Should().Contain("/nowhere"));
        (await _host.GetAsync("api/hello")).Should().StartWith("v1 ");
    }

    [Fact]
    public async Task SIGTERM_ends_the_host_and_its_workers()
    {
        await _host.ServeAsync(ScriptApp.Write(_host, "v1"));
        var worker = (await _host.GetAsync("api/hello")).Split(' ')[1];

        await _host.StopAsync();

        _host.IsRunning.Should().BeFalse();
        Directory.Exists($"/proc/{worker}").Should().BeFalse();
        File.ReadAllText(Path.Combine(_host.Home, "logs", "app.log")).Should().Contain("Stopped");
    }

    private async Task<HttpStatusCode> PostAsync(byte[] body, bool chunked)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "api/hello") { Content = new ByteArrayContent(body) };
        request.Headers.TransferEncodingChunked = chunked;
        using var response = await _host.Client.SendAsync(request);
        return response.StatusCode;
    }

    private async Task<long> LengthAsync(string queue)
    {
        var queues = await _host.Control.GetFromJsonAsync<JsonArray>("queues");
        return queues!.FirstOrDefault(q => q!["name"]!.ToString() == queue)?["length"]!.GetValue<long>() ?? 0;
    }
}
