using System.Net;
using EdgeOperator.Functions.Tests.Hosting.Real;
using EdgeOperator.Functions.Tests.Workers.Forwarding;
using EdgeOperator.Testing;

namespace EdgeOperator.Functions.Tests.Security;

/// <summary>Clients that break off, break the protocol or are slow: whatever they do is no fault of the worker's, which lives on.</summary>
public sealed class BrokenClientTests : IAsyncLifetime
{
    private const int Clients = 300;

    private readonly FunctionsHost _host = new();
    private readonly WitnessApp _app;

    public BrokenClientTests() => _app = new(_host);

    /// <summary>Each way in which a worker can get a request: forwarded to a port, forwarded to a socket, described in JSON.</summary>
    public static TheoryData<string> Workers { get; } = ["forwarded", "node", "described"];

    public Task InitializeAsync() => _host.StartAsync();

    public Task DisposeAsync() => _host.DisposeAsync().AsTask();

    [Theory]
    [MemberData(nameof(Workers))]
    public async Task A_chunk_of_an_impossible_size_is_refused(string worker)
    {
        await ServeAsync(worker);
        foreach (var size in (string[])["80000000", "80000001", "FFFFFFFF", "100000000", "7FFFFFFFFFFFFFFF", "8000000000000000", "ffffffffffffffff", "10000000000000000", "-1", "zz"])
        {
            var answer = await ExchangeAsync($"POST /api/anon HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n{size}\r\nab");
            answer.Should().Match(a => a.Length == 0 || a.StartsWith("HTTP/1.1 400"), $"the chunk's size is {size}");
        }

        await WorkerLivesAsync();
    }

    [Theory]
    [MemberData(nameof(Workers))]
    public async Task Hundreds_of_clients_that_reset_in_the_middle_of_a_body_do_no_harm(string worker)
    {
        await ServeAsync(worker);

        await Task.WhenAll(Enumerable.Range(0, Clients).Select(async i =>
        {
            using var client = await ConnectAsync();
            await client.SendAsync("POST /api/anon HTTP/1.1\r\nHost: x\r\n" + (i % 2 == 0 ? "Content-Length: 100000\r\n\r\nabc" : "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"));
            if (i % 3 == 0)
            {
                // Some hang up when the host waits for more already.
                await Eventually.TrueAsync("the host is at work", () => _app.Read().Length > 0 || worker == "described");
            }

            client.Reset();
        }));

        await WorkerLivesAsync();
    }

    [Theory]
    [MemberData(nameof(Workers))]
    public async Task A_client_that_says_half_and_no_more_is_refused(string worker)
    {
        await ServeAsync(worker);
        foreach (var rest in (string[])["Content-Length: 100\r\n\r\nhalf", "Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n", "Transfer-Encoding: chunked\r\n\r\n64\r\nhalf", "Content-Le"])
        {
            using var client = await ConnectAsync();
            await client.SendAsync("POST /api/anon HTTP/1.1\r\nHost: x\r\n" + rest);
            client.EndSending();
            (await client.ReadToEndAsync().WaitAsync(Eventually.Deadline)).Should().Match(a => a.Length == 0 || a.StartsWith("HTTP/1.1 400"), rest);
        }

        await WorkerLivesAsync();
    }

    [Theory]
    [InlineData("forwarded")]
    [InlineData("node")]
    public async Task A_client_that_takes_longer_for_its_body_than_the_function_may_run_is_to_blame_itself(string worker)
    {
        await ServeAsync(worker, timeout: "00:00:01");
        foreach (var rest in (string[])["Content-Length: 100\r\n\r\nhalf", "Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n"])
        {
            (await ExchangeAsync("POST /api/anon HTTP/1.1\r\nHost: x\r\n" + rest)).Should().StartWith("HTTP/1.1 408");
        }

        await WorkerLivesAsync();
    }

    private Task ServeAsync(string worker, string? timeout = null) => worker switch
    {
        "node" => _app.ServeNodeAsync(timeout),
        _ => _app.ServePythonAsync(forwards: worker == "forwarded", timeout),
    };

    private async Task WorkerLivesAsync()
    {
        (await _host.Client.GetAsync("api/anon")).IsSuccessStatusCode.Should().BeTrue();
        await Eventually.SucceedsAsync(async () => (await _host.ReportAsync()).Instances.Should().OnlyContain(i => i.Restarts == 0 && i.InFlight == 0 && i.State == "ready"));
        (await _host.Control.GetStringAsync("logs")).Should().NotContain("was killed").And.NotContain("did not end within");
        _host.Output.Should().NotContain("Unhandled exception");
    }

    private Task<RawHttp> ConnectAsync() => RawHttp.ConnectAsync(new IPEndPoint(IPAddress.Loopback, _host.Port));

    private async Task<string> ExchangeAsync(string raw)
    {
        using var client = await ConnectAsync();
        await client.SendAsync(raw);
        return await client.ReadAnswersAsync(1).WaitAsync(Eventually.Deadline);
    }
}
