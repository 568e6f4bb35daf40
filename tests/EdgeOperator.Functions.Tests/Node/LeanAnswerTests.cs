using System.Collections.Immutable;
using System.Text;
using EdgeOperator.Functions.Invoking;

namespace EdgeOperator.Functions.Tests.Node;

/// <summary>
/// Plain answers are made without the library's model when a request is forwarded, and with it when a call is told in
/// JSON: both ways must come to the same.
/// </summary>
public sealed class LeanAnswerTests : IAsyncLifetime
{
    private static readonly string[] Results =
    [
        "undefined", "null", "{}", "{ body: 'text ü' }", "{ body: '' }", "{ body: Buffer.from([0, 255]) }", "{ body: new Uint8Array([1, 2]) }",
        "{ body: new Uint8Array([1, 2, 3]).buffer }", "{ jsonBody: { a: [1, 'ü'] } }", "{ jsonBody: null }", "{ jsonBody: null, body: 'x' }", "{ jsonBody: 'text' }",
        "{ jsonBody: 0 }", "{ jsonBody: false, body: 'ignored' }", "{ jsonBody: [], headers: { 'Content-Type': 'application/problem+json' } }",
        "{ body: 'x', headers: { 'CONTENT-TYPE': 'text/html', 'X-A': 'b' } }", "{ body: 'x', headers: new Headers([['x-a', '1'], ['x-a', '2']]) }",
        "{ body: 'x', headers: [['x-a', '1']] }", "{ body: 'x', headers: { 'x-number': 5 } }", "{ body: 'x', headers: { 'x-space': '  a  ' } }",
        "{ body: 'x', headers: { 'x-latin': 'ü' } }", "{ body: 'x', headers: { 'x-wide': '世' } }", "{ body: 'x', headers: { 'bad name': 'x' } }", "{ body: 'x', headers: { 'x-line': 'a\\nb' } }",
        "{ body: 'x', headers: { 'set-cookie': 'a=b' } }", "{ body: 'x', headers: null }", "{ status: 201, body: 'x' }", "{ status: '404', body: 'x' }", "{ status: 499 }", "{ status: 600 }",
        "{ status: 204, body: 'x' }", "{ status: 205 }", "{ status: 304, jsonBody: {} }", "{ status: 200.5 }", "{ status: null }", "{ status: 0 }",
        "{ body: new URLSearchParams({ a: 'b' }) }", "{ body: new Blob(['x'], { type: 'text/css' }) }", "{ body: 5 }", "{ body: { a: 1 } }", "{ body: null }", "{ body: true }",
        "{ body: 'x', cookies: [{ name: 'a', value: 'b' }] }", "{ body: 'x', cookies: [] }", "{ body: 'x', enableContentNegotiation: true }", "new HttpResponse({ body: 'x' })",
        "Object.create({ body: 'inherited' })", "[]", "'text'", "5", "{ headers: { 'content-length': '1' }, body: 'longer' }", "{ jsonBody: () => 1 }", "{ jsonBody: 10n }",
        "{ body: 'x', other: 1 }", "{ get body() { throw new Error('a getter') } }",
    ];

    private TestApp _app = null!;
    private Front _front = null!;

    public async Task InitializeAsync()
    {
        var functions = Results.Select((r, i) => $"app.http('f{i}', {{ authLevel: 'anonymous', handler: () => ({r}) }});");
        _app = await TestApp.OfAsync("const { app, HttpResponse } = require('@azure/functions');\n" + string.Join('\n', functions));
        _front = await Front.StartAsync(_app.Worker, _app.Functions);
    }

    public async Task DisposeAsync()
    {
        await _front.DisposeAsync();
        await _app.DisposeAsync();
    }

    [Fact]
    public async Task Both_ways_come_to_the_same()
    {
        var different = new List<string>();
        for (var i = 0; i < Results.Length; i++)
        {
            var (forwarded, invoked) = (await ForwardedAsync($"f{i}"), await InvokedAsync($"f{i}"));
            if (forwarded != invoked)
            {
                different.Add($"{Results[i]} is {forwarded} and not {invoked}");
            }
        }

        different.Should().BeEmpty();
    }

    private async Task<string> ForwardedAsync(string function)
    {
        using var response = await _front.Client.GetAsync($"/api/{function}");
        var headers = response.Headers.Concat(response.Content.Headers).SelectMany(h => h.Value, (h, v) => (h.Key.ToLowerInvariant(), v));
        return _front.LastOutcome is true ? Tell((int)response.StatusCode, headers, await response.Content.ReadAsByteArrayAsync()) : "failed";
    }

    private async Task<string> InvokedAsync(string name)
    {
        var function = _app.Function(name);
        var request = new HttpInput("GET", $"http://device/api/{name}", [], [], ImmutableSortedDictionary<string, string>.Empty, null);
        var result = await _app.Worker.InvokeAsync(
            new(Invocation.NewId(), function, ImmutableSortedDictionary<string, Value>.Empty.Add(function.Trigger.Name, new Value.Request(request)), []), CancellationToken.None);
        if (!result.Succeeded)
        {
            return "failed";
        }

        if (result.ReturnValue is not Value.Response { Content: var answer })
        {
            return Tell(204, [], []);
        }

        var headers = answer.Headers.Select(h => (h.Key, h.Value)).Concat(answer.Cookies.Select(c => ("set-cookie", c)));
        return Tell(answer.Status, headers, answer.Body.ToArray());
    }

    private static string Tell(int status, IEnumerable<(string Name, string Value)> headers, byte[] body)
    {
        var own = headers.Where(h => h.Name is not ("content-length" or "date" or "server" or "transfer-encoding"))
            .Select(h => $"{h.Name}: {h.Value.Replace("; ", ";").Trim()}").Order(StringComparer.Ordinal);
        return $"{status} [{string.Join(" | ", own)}] {Encoding.Latin1.GetString(body)}";
    }
}
