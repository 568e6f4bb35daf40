using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using EdgeOperator.Functions.Http.Keys;
using EdgeOperator.Functions.Invoking;
using EdgeOperator.Testing;

namespace EdgeOperator.Functions.Tests.Hosting.Endpoints;

public sealed class AdminApiTests : IAsyncLifetime
{
    private readonly RunningHost _host = new();
    private readonly TaskCompletionSource<Invocation> _ran = new();
    private readonly RecordedListener _listener;
    private readonly List<string> _events = [];

    public AdminApiTests() => _listener = new("timer", _events);

    public async Task InitializeAsync()
    {
        await _host.ServeAsync("g", new CannedApp { Listeners = [_listener] }
            .Answering("hello", CannedApp.Returning(new Value.Text("hi")), """{ "route": "hello/{name}" }""")
            .Triggered("tick", "timerTrigger", (invocation, _) =>
            {
                _ran.TrySetResult(invocation);
                return CannedApp.Returning(null)(invocation, default);
            }));
        _host.Client.DefaultRequestHeaders.Add("x-functions-key", _host.Keys.Set(KeyScope.Master, KeyStore.MasterName, null).Value);
    }

    public Task DisposeAsync() => _host.DisposeAsync().AsTask();

    [Theory]
    [InlineData("admin/host/status")]
    [InlineData("admin/functions")]
    [InlineData("admin/host/keys")]
    [InlineData("admin/nothing")]
    public async Task Only_the_master_key_opens_it(string path)
    {
        var host = _host.Keys.Set(KeyScope.Host, "default", null).Value;
        using var other = RunningHost.ClientOf(_host.Port);

        (await other.GetAsync(path)).StatusCode.Should().Be(HttpStatusCode.Unauthorized);
        (await other.GetAsync($"{path}?code={host}")).StatusCode.Should().Be(HttpStatusCode.Unauthorized);
        (await _host.Client.GetAsync(path)).StatusCode.Should().NotBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task The_ping_is_open()
    {
        using var other = RunningHost.ClientOf(_host.Port);

        (await other.GetAsync("admin/host/ping")).StatusCode.Should().Be(HttpStatusCode.OK);
        (await other.PostAsync("admin/host/ping", null)).StatusCode.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task The_status_tells_that_it_runs()
    {
        var status = await JsonAsync("admin/host/status");

        status["id"]!.ToString().Should().Be("canned");
        status["state"]!.ToString().Should().Be("Running");
        ((JsonArray)status["errors"]!).Should().BeEmpty();
    }

    [Fact]
    public async Task Functions_are_listed_with_their_bindings()
    {
        var all = (JsonArray)await JsonAsync("admin/functions");
        all.Select(f => f!["name"]!.ToString()).Should().Equal("hello", "tick");

        var one = await JsonAsync("admin/functions/HELLO");
        one["invoke_url_template"]!.ToString().Should().Be($"http://127.0.0.1:{_host.Port}/api/hello/{{name}}");
        one["config"]!["bindings"]![0]!["route"]!.ToString().Should().Be("hello/{name}");
        (await JsonAsync("admin/functions/tick/status"))["isDisabled"]!.GetValue<bool>().Should().BeFalse();
        (await _host.Client.GetAsync("admin/functions/none")).StatusCode.Should().Be(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_run_by_hand_is_accepted_and_happens()
    {
        using var answer = await _host.Client.PostAsJsonAsync("admin/functions/tick", new { input = "by hand" });

        answer.StatusCode.Should().Be(HttpStatusCode.Accepted);
        ((Value.Text)(await _ran.Task).Inputs["input"]).Content.Should().Be("by hand");
        (await _host.Client.PostAsJsonAsync("admin/functions/none", new { })).StatusCode.Should().Be(HttpStatusCode.NotFound);
        (await _host.Client.PostAsync("admin/functions/tick", new StringContent("no json"))).StatusCode.Should().Be(HttpStatusCode.BadRequest);
    }

    [Theory]
    [InlineData("admin/host/keys/mine", "admin/host/functionkeys")]
    [InlineData("admin/host/systemkeys/mine", "admin/host/systemkeys")]
    [InlineData("admin/functions/hello/keys/mine", "admin/functions/hello/keys")]
    public async Task A_key_is_made_told_once_and_deleted(string key, string list)
    {
        using var made = await _host.Client.PostAsync(key, null);
        made.StatusCode.Should().Be(HttpStatusCode.Created);
        (await made.Content.ReadFromJsonAsync<JsonObject>())!["value"]!.ToString().Length.Should().BeGreaterThan(40);

        using var again = await _host.Client.PutAsJsonAsync(key, new { name = "mine", value = "a-value-that-is-long-enough" });
        again.StatusCode.Should().Be(HttpStatusCode.OK);

        var names = ((JsonArray)(await JsonAsync(list))["keys"]!).Select(k => k!.ToJsonString());
        names.Should().Contain("""{"name":"mine"}""");

        (await _host.Client.DeleteAsync(key)).StatusCode.Should().Be(HttpStatusCode.NoContent);
        (await _host.Client.DeleteAsync(key)).StatusCode.Should().Be(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task The_master_key_can_be_changed()
    {
        using var made = await _host.Client.PostAsync("admin/host/systemkeys/_master", null);
        var value = (await made.Content.ReadFromJsonAsync<JsonObject>())!["value"]!.ToString();

        (await _host.Client.GetAsync("admin/functions")).StatusCode.Should().Be(HttpStatusCode.Unauthorized);
        (await _host.Client.GetAsync($"admin/functions?code={value}")).StatusCode.Should().Be(HttpStatusCode.Unauthorized, "the header with the old one comes first");
        using var other = RunningHost.ClientOf(_host.Port);
        (await other.GetAsync($"admin/functions?code={value}")).StatusCode.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_drain_ends_listeners_while_requests_are_still_answered()
    {
        await Eventually.SucceedsAsync(() => _events.Should().Equal("timer starts"));
        (await JsonAsync("admin/host/drain/status"))["state"]!.ToString().Should().Be("Disabled");

        (await _host.Client.PostAsync("admin/host/drain", null)).StatusCode.Should().Be(HttpStatusCode.Accepted);

        (await JsonAsync("admin/host/drain/status"))["state"]!.ToString().Should().Be("Completed");
        _events.Should().Equal("timer starts", "timer drains", "timer is quiet");
        (await _host.Client.GetAsync("api/hello/you")).StatusCode.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task What_is_not_there_is_said_in_words()
    {
        using var answer = await _host.Client.GetAsync("admin/host/processes");

        answer.StatusCode.Should().Be(HttpStatusCode.NotFound);
        (await answer.Content.ReadAsStringAsync()).Should().Contain("GET /admin/host/processes");
    }

    private async Task<JsonNode> JsonAsync(string path) => JsonNode.Parse(await _host.Client.GetStringAsync(path))!;
}
