using System.Collections.Immutable;
using System.Text;
using EdgeOperator.Functions.Invoking;
using EdgeOperator.Functions.Tests.Node;
using EdgeOperator.Testing;

namespace EdgeOperator.Functions.Tests.Rpc;

/// <summary>
/// Microsoft's workers of Python and Node.js, as their conversations with a host were written down; and the workers themselves where
/// EDGEOP_PYTHON_WORKER and EDGEOP_NODE_WORKER name their folders (those with worker.config.json).
/// </summary>
public sealed class OfficialWorkerTests
{
    /// <summary>Languages, and the folder of the worker; null for its recorded conversation.</summary>
    public static TheoryData<string, string?> Workers()
    {
        var all = new TheoryData<string, string?> { { "python", null }, { "node", null } };
        foreach (var language in (string[])["python", "node"])
        {
            if (Environment.GetEnvironmentVariable($"EDGEOP_{language.ToUpperInvariant()}_WORKER") is { Length: > 0 } folder)
                all.Add(language, folder);
        }

        return all;
    }

    [Theory]
    [MemberData(nameof(Workers))]
    public async Task Functions_are_found_loaded_and_invoked_and_failures_told(string language, string? worker)
    {
        await using var app = await RpcApp.OfAsync(
            language, worker ?? Folder("recorded-worker"), Folder($"official-{language}"), ("RECORDED", Path.Combine(Folder("recorded-worker"), $"{language}.json")));
        await app.StartAsync();
        app.Problems.Should().BeEmpty();
        app.App.Functions.Select(f => f.Name).Should().BeEquivalentTo("hello", "fails");
        app.App.Functions.Should().OnlyContain(f => f.IsHttp);

        var greeted = await app.InvokeAsync("hello", Request("hello"));
        greeted.Error.Should().BeNull();
        var answer = ((Value.Response)greeted.ReturnValue!).Content;
        (answer.Status, Encoding.UTF8.GetString(answer.Body.Span)).Should().Be((200, "Hello, Z."));
        await Eventually.SucceedsAsync(() => app.Log.Lines.Should().Contain(l => l.Category == "Function.hello.User" && l.Message.Contains("greets Z")));

        (await app.InvokeAsync("fails", Request("fails"))).Error.Should().Contain("thrown on purpose");

        await app.Worker.StopAsync(TimeSpan.FromSeconds(30));
        await app.Worker.Ended;
        if (worker is null)
            app.Log.Text.Should().Contain("the conversation is complete");
    }

    private static Value.Request Request(string function) => new(new HttpInput(
        "POST", $"http://device/api/{function}?name=Z", [new("content-type", "text/plain")], [new("name", "Z")], ImmutableSortedDictionary<string, string>.Empty, "a body"u8.ToArray()));

    private static string Folder(string name) => Path.Combine(NodePackages.Apps, name);
}
