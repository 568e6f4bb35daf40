using EdgeOperator.Core.Protocol.Functions;
using EdgeOperator.Functions.Tests.Node;
using EdgeOperator.Testing;

namespace EdgeOperator.Functions.Tests.Hosting.Real;

public sealed class NodeHostTests : IAsyncLifetime
{
    private const string Script = """
        const { app, output } = require('@azure/functions');

        const done = output.storageQueue({ queueName: 'done', connection: '' });

        app.http('hello', {
          methods: ['GET', 'POST'], authLevel: 'anonymous', route: 'hello/{name?}',
          handler: async (request, context) => {
            context.log('greets');
            return { jsonBody: { hello: request.params.name ?? 'nobody', said: await request.text() }, headers: { 'x-mine': 'yes' }, status: 201 };
          },
        });
        app.http('locked', { authLevel: 'function', handler: async () => ({ body: 'open' }) });
        app.http('fails', { authLevel: 'anonymous', handler: async () => { throw new Error('the reason'); } });
        app.storageQueue('work', { queueName: 'work', connection: '', return: done, handler: async (item, context) => `did ${item.what} at try ${context.triggerMetadata.dequeueCount}` });
        app.timer('tick', { schedule: '0 0 3 * * *', runOnStartup: true, handler: async (timer, context) => context.log(`ticked ${timer.isPastDue}`) });
        """;

    private readonly FunctionsHost _host = new();

    public async Task InitializeAsync()
    {
        await _host.StartAsync();
        var folder = _host.App(
            "node",
            ("host.json", """{ "version": "2.0", "extensions": { "queues": { "maxPollingInterval": "00:00:00.1" } } }"""),
            ("package.json", """{ "main": "index.js" }"""),
            ("index.js", Script));
        Directory.CreateSymbolicLink(Path.Combine(folder, "node_modules"), await NodePackages.ModulesAsync());
        await _host.ServeAsync(new() { App = "node", Generation = "g", Folder = folder, Port = _host.Port, Instances = 2 });
    }

    public Task DisposeAsync() => _host.DisposeAsync().AsTask();

    [Fact]
    public async Task Requests_are_answered_and_keys_asked_for()
    {
        using var answer = await _host.Client.PostAsync("api/hello/you", new StringContent("good morning"));

        ((int)answer.StatusCode).Should().Be(201);
        answer.Headers.GetValues("x-mine").Should().Equal("yes");
        (await answer.Content.ReadAsStringAsync()).Should().Be("""{"hello":"you","said":"good morning"}""");
        ((int)(await _host.Client.GetAsync("api/locked")).StatusCode).Should().Be(401);
        ((int)(await _host.Client.GetAsync("api/fails")).StatusCode).Should().Be(500);
        ((int)(await _host.Client.DeleteAsync("api/hello")).StatusCode).Should().Be(404);
        await Eventually.SucceedsAsync(async () => (await _host.Control.GetStringAsync("logs?function=fails")).Should().Contain("the reason"));
    }

    [Fact]
    public async Task Queues_are_worked_on_and_timers_fire_in_one_of_the_workers()
    {
        await _host.SendAsync("work", """{ "what": "it" }""");

        await Eventually.SucceedsAsync(async () => (await _host.Control.GetStringAsync("queues")).Should().Contain("""{"name":"done","length":1}"""));
        await Eventually.SucceedsAsync(async () => (await _host.Control.GetStringAsync("logs?function=tick")).Should().Contain("ticked false"));
        var ticks = (await _host.Control.GetStringAsync("logs?function=tick")).Split('\n').Count(l => l.Contains("ticked", StringComparison.Ordinal));
        ticks.Should().Be(1);
    }

    [Fact]
    public async Task What_its_worker_announced_is_reported()
    {
        var report = await _host.ReportAsync();

        report.Functions.Select(f => f.Name).Should().Equal("fails", "hello", "locked", "tick", "work");
        report.Functions.Single(f => f.Name == "hello").Url.Should().Be($"http://127.0.0.1:{_host.Port}/api/hello/{{name?}}");
        report.Instances.Should().HaveCount(2).And.OnlyContain(i => i.State == "ready" && i.MemoryBytes > 0);
    }

    [Fact]
    public async Task Functions_are_called_by_hand()
    {
        (await CallAsync("hello", "hi")).Output.Should().Be("""{"hello":"nobody","said":"hi"}""");
        (await CallAsync("work", """{ "what": "that" }""")).Error.Should().BeNull();
        (await CallAsync("tick", null)).Error.Should().BeNull();
        (await CallAsync("fails", null)).Error.Should().NotBeNull();
    }

    private async Task<CallReport> CallAsync(string function, string? input)
    {
        using var answer = await _host.Control.PostAsync(
            $"functions/{function}", System.Net.Http.Json.JsonContent.Create(new CallRequest(input), HostJson.Default.CallRequest));
        return System.Text.Json.JsonSerializer.Deserialize(await answer.Content.ReadAsStringAsync(), HostJson.Default.CallReport)!;
    }
}
