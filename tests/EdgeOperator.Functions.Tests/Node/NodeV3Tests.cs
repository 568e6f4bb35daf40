using System.Collections.Immutable;
using System.Text;
using EdgeOperator.Functions.Invoking;

namespace EdgeOperator.Functions.Tests.Node;

/// <summary>An app of the older model: function.json files, and version 3 of the library among its packages.</summary>
public sealed class NodeV3Tests : IAsyncLifetime
{
    private TestApp _app = null!;

    public async Task InitializeAsync()
    {
        _app = await TestApp.CopyAsync("node-v3");
        var modules = Path.Combine(_app.Folder, "node_modules");
        File.Delete(modules);
        Directory.CreateDirectory(Path.Combine(modules, "@azure"));
        Directory.CreateSymbolicLink(Path.Combine(modules, "@azure", "functions"), Path.Combine(await NodePackages.ModulesAsync(), "functions-v3"));
        await _app.StartAsync();
    }

    public async Task DisposeAsync() => await _app.DisposeAsync();

    [Fact]
    public async Task An_HTTP_function_answers_by_its_context()
    {
        await using var front = await Front.StartAsync(_app.Worker, _app.Functions);

        using var response = await front.Client.PostAsync("/api/hello/v3?q=1", new StringContent("""{"a":"ü"}""", Encoding.UTF8, "application/json"));

        ((int)response.StatusCode).Should().Be(201);
        response.Headers.Should().ContainKey("x-id");
        response.Content.Headers.ContentType!.MediaType.Should().Be("application/json");
        (await response.Content.ReadAsStringAsync()).Should().Be("""{"hello":"v3","q":"1","body":{"a":"ü"}}""");
        await EdgeOperator.Testing.Eventually.SucceedsAsync(() => _app.Log.Lines.Should().Contain(l => l.Category == "Function.hello.User" && l.Message == "greets"));
    }

    [Fact]
    public async Task A_script_may_be_shared_and_name_its_entry_point()
    {
        var job = _app.Function("job");
        var result = await _app.Worker.InvokeAsync(
            new(Invocation.NewId(), job, ImmutableSortedDictionary<string, Value>.Empty.Add("item", new Value.Text("x")), []), CancellationToken.None);

        ((Value.Json)result.Outputs["out"]).Content!.ToJsonString().Should().Be("""{"got":"x"}""");
    }

    [Fact]
    public void A_script_that_does_not_load_is_told_and_the_others_run() =>
        _app.Problems.Should().ContainSingle().Which.Message.Should().Contain("Cannot find module 'not-there'");
}
