using System.Net;
using EdgeOperator.Functions.Tests.Hosting.Real;
using EdgeOperator.Functions.Tests.Workers.Forwarding;
using EdgeOperator.Testing;

namespace EdgeOperator.Functions.Tests.Security;

public sealed class SmugglingTests : IAsyncLifetime
{
    private const string Last = "GET /none HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

    private readonly FunctionsHost _host = new();
    private readonly WitnessApp _app;
    private int _barriers;

    public SmugglingTests() => _app = new(_host);

    public Task InitializeAsync() => _host.StartAsync();

    public Task DisposeAsync() => _host.DisposeAsync().AsTask();

    [Fact]
    public async Task One_request_is_one_request_at_most_to_a_custom_handler()
    {
        await _app.ServePythonAsync();
        await ReplayAsync();
    }

    [Fact]
    public async Task One_request_is_one_request_at_most_to_Node()
    {
        await _app.ServeNodeAsync();
        await ReplayAsync();
    }

    [Theory]
    [InlineData("POST /load HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 2\r\n\r\n[]")]
    [InlineData("POST /invoke HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 18\r\n\r\n{\"function\":\"sec\"}")]
    [InlineData("GET /api/sec HTTP/1.1\r\nHost: x\r\nConnection: close\r\nx-edgeop-function: sec\r\nx-edgeop-invocation: 1\r\n\r\n")]
    [InlineData("GET /api/sec HTTP/1.1\r\nHost: x\r\nConnection: close\r\nx-edgeop-function: sec\r\nx-edgeop-invocation: 1\r\nx-edgeop-secret: 00000000000000000000000000000000\r\n\r\n")]
    public async Task What_the_host_did_not_send_runs_nothing_even_on_the_workers_own_socket_for_requests(string raw)
    {
        await _app.ServeNodeAsync();
        var socket = Directory.GetFiles(_host.Home, "node-*r-*.sock", SearchOption.AllDirectories).Should().ContainSingle().Subject;
        using var connection = await RawHttp.ConnectAsync(new System.Net.Sockets.UnixDomainSocketEndPoint(socket));

        await connection.SendAsync(raw);

        (await connection.ReadToEndAsync()).Should().StartWith("HTTP/1.1 500");
        _app.Read().Should().NotContain(r => r.Target == "sec ran");
    }

    [Fact]
    public async Task The_sockets_of_a_Node_worker_are_its_owners_alone()
    {
        await _app.ServeNodeAsync();

        Directory.GetFiles(_host.Home, "node-*.sock", SearchOption.AllDirectories).Should().HaveCount(2)
            .And.OnlyContain(s => (File.GetUnixFileMode(s) & (UnixFileMode.OtherWrite | UnixFileMode.GroupWrite)) == 0);
    }

    [Fact]
    public async Task A_clients_claim_to_be_signed_in_reaches_no_worker()
    {
        await _app.ServePythonAsync();

        await ExchangeAsync("GET /api/anon HTTP/1.1\r\nHost: x\r\nX-MS-CLIENT-PRINCIPAL: e30=\r\nx_ms_client_principal_id: 1\r\nX-MS-TOKEN-AAD-ID-TOKEN: t\r\nX-Forwarded-Prefix: /p\r\nForwarded: for=1\r\nX-Mine: y\r\n\r\n", 1);

        _app.Read()[^1].Headers.Should().Contain("x-mine").And.NotContain(h => h.Contains("ms", StringComparison.Ordinal) || h == "x-forwarded-prefix" || h == "forwarded");
    }

    /// <summary>All of the corpus, one after the other, each followed by a request whose own arrival shows that the worker has read everything before it.</summary>
    private async Task ReplayAsync()
    {
        await BarrierAsync();
        var failures = new List<string>();
        foreach (var (name, raw) in SmugglingCorpus.Single)
        {
            await CheckAsync(name, raw, answers: 1, (count) => count <= 1);
        }

        foreach (var (name, (raw, requests)) in SmugglingCorpus.Several)
        {
            await CheckAsync(name, raw + Last, answers: int.MaxValue, count => count == requests);
        }

        failures.Should().BeEmpty();
        _app.Read().Should().NotContain(r => r.Target == "sec ran");
        _app.Read().Count(r => r.Target.Contains("barrier", StringComparison.Ordinal)).Should().Be(_barriers);
        (await _host.ReportAsync()).Instances.Should().OnlyContain(i => i.Restarts == 0);

        async Task CheckAsync(string name, string raw, int answers, Func<int, bool> isRight)
        {
            var before = _app.Read().Length;
            await ExchangeAsync(raw, answers);
            await BarrierAsync();
            var read = _app.Read()[before..^1];
            if (!isRight(read.Length) || read.Any(r => IsOfNobody(r.Target) || r.Headers.Any(h => IsReserved(h, r.Headers))))
            {
                failures.Add($"{name}: {string.Join("; ", read.Select(r => $"{r.Target} ({string.Join(", ", r.Headers)})"))}");
            }
        }
    }

    private static bool IsOfNobody(string target) => target.Split('?', '#')[0] != "/api/anon";

    /// <summary>Whether the host can't have set it, or not twice.</summary>
    private static bool IsReserved(string header, string[] all)
    {
        var name = header.Replace('_', '-').Trim();
        return name.StartsWith("x-edgeop-", StringComparison.Ordinal)
            || name.StartsWith("x-ms-", StringComparison.Ordinal)
            || name.StartsWith("x-azure-functions-", StringComparison.Ordinal) && all.Count(h => h.Replace('_', '-') == name) > 1;
    }

    private async Task BarrierAsync()
    {
        _barriers++;
        (await _host.Client.GetAsync($"api/anon?barrier={_barriers}")).StatusCode.Should().Be(HttpStatusCode.OK);
    }

    /// <summary>Sends it, waits for so many answers or the connection's end, and hangs up.</summary>
    private async Task ExchangeAsync(string raw, int answers)
    {
        using var connection = await RawHttp.ConnectAsync(new IPEndPoint(IPAddress.Loopback, _host.Port));
        await connection.SendAsync(raw);
        await connection.ReadAnswersAsync(answers).WaitAsync(Eventually.Deadline);
    }
}
