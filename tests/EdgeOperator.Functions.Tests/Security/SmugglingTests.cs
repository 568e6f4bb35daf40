using System.Net;
using System.Text;
using EdgeOperator.Functions.Http;
using EdgeOperator.Functions.Tests.Hosting.Real;
using EdgeOperator.Functions.Tests.Workers.Forwarding;
using EdgeOperator.Testing;
using Microsoft.AspNetCore.Http;

namespace EdgeOperator.Functions.Tests.Security;

public sealed class SmugglingTests : IAsyncLifetime
{
    private const string Last = "GET /none HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

    private readonly FunctionsHost _host = new();
    private readonly WitnessApp _app;

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

    [Theory]
    [InlineData("X-MS-CLIENT-PRINCIPAL")]
    [InlineData("x_ms_client_principal_id")]
    [InlineData("X-MS-TOKEN-AAD-ID-TOKEN")]
    [InlineData("X-ARR-ClientCert")]
    [InlineData("X-AppService-Proto")]
    [InlineData("X-WAWS-Unencoded-URL")]
    [InlineData("X-Original-URL")]
    [InlineData("X_Original_URL")]
    [InlineData("X-Rewrite-URL")]
    [InlineData("X-Forwarded-Prefix")]
    [InlineData("Forwarded")]
    [InlineData("CLIENT-IP")]
    [InlineData("X-Client-IP")]
    [InlineData("X-Real-IP")]
    [InlineData("true_client_ip")]
    [InlineData("X-Cluster-Client-IP")]
    [InlineData("CF-Connecting-IP")]
    [InlineData("DISGUISED-HOST")]
    [InlineData("was-default-hostname")]
    [InlineData("X-SITE-DEPLOYMENT-ID")]
    [InlineData("X-Azure-SocketIP")]
    [InlineData("X-Azure-FDID")]
    [InlineData("X-Envoy-Original-Path")]
    [InlineData("X-HTTP-DestinationURL")]
    [InlineData("Proxy")]
    public void A_clients_word_on_who_or_where_it_is_reaches_no_worker(string name)
    {
        var context = new DefaultHttpContext();
        context.Request.Headers[name] = "/api/sec";
        context.Request.Headers["X-Mine"] = "y";
        context.Request.Headers["X-Forwarded-For"] = "1.2.3.4";
        context.Connection.RemoteIpAddress = IPAddress.Loopback;

        ReservedHeaders.Filter(context).Should().BeEquivalentTo([KeyValuePair.Create("X-Mine", "y"), KeyValuePair.Create("X-Forwarded-For", "127.0.0.1")]);
    }

    [Fact]
    public async Task A_clients_claim_to_be_signed_in_is_not_forwarded()
    {
        await _app.ServePythonAsync();

        await ExchangeAsync("GET /api/anon HTTP/1.1\r\nHost: x\r\nX-MS-CLIENT-PRINCIPAL: e30=\r\nx_ms_client_principal_id: 1\r\nX-MS-TOKEN-AAD-ID-TOKEN: t\r\nX-Original-URL: /api/sec\r\nX-Forwarded-Prefix: /p\r\nForwarded: for=1\r\nX-Mine: y\r\n\r\n", 1);

        _app.Read()[^1].Headers.Should().Contain("x-mine").And.NotContain(h => h.Contains("ms", StringComparison.Ordinal) || h == "x-forwarded-prefix" || h == "forwarded" || h == "x-original-url");
    }

    /// <summary>
    /// All of the corpus, one after the other. Each request of it bears its case's name, since a worker may read one long after it was refused:
    /// its connections are threads, which nothing puts in an order.
    /// </summary>
    private async Task ReplayAsync()
    {
        // The host has asked it whether it is ready.
        var before = _app.Read().Length;
        foreach (var (name, raw) in SmugglingCorpus.Single)
        {
            await ExchangeAsync(Tagged(raw, name, most: 1), 1);
        }

        foreach (var (name, (raw, _)) in SmugglingCorpus.Several)
        {
            await ExchangeAsync(Tagged(raw, name, most: int.MaxValue) + Last, int.MaxValue);
        }

        await Eventually.SucceedsAsync(() => Counts().Should().Contain(SmugglingCorpus.Several.Select(c => KeyValuePair.Create(c.Key, c.Value.Requests))));
        (await _host.Client.GetAsync("api/anon?barrier")).StatusCode.Should().Be(HttpStatusCode.OK);
        Counts().Where(c => c.Value != SmugglingCorpus.Several.GetValueOrDefault(c.Key, (Raw: "", Requests: 1)).Requests).Should().BeEmpty();
        _app.Read()[before..].Where(r => r.Target != "/api/anon?barrier" && (r.Case.Length == 0 || IsOfNobody(r.Target) || r.Headers.Any(h => IsReserved(h, r.Headers)))).Should().BeEmpty();
        (await _host.ReportAsync()).Instances.Should().OnlyContain(i => i.Restarts == 0);

        Dictionary<string, int> Counts() => _app.Read().Where(r => r.Case.Length > 0).GroupBy(r => Encoding.UTF8.GetString(Convert.FromHexString(r.Case))).ToDictionary(g => g.Key, g => g.Count());
    }

    /// <param name="most">How many of its requests; what is smuggled has no case of its own.</param>
    private static string Tagged(string raw, string name, int most)
    {
        var end = raw.Contains("Host: x\r\n", StringComparison.Ordinal) ? "\r\n" : "\n";
        var parts = raw.Split("Host: x" + end, most == 1 ? 2 : int.MaxValue);
        return string.Join($"Host: x{end}X-Case: {Convert.ToHexString(Encoding.UTF8.GetBytes(name))}{end}", parts);
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

    /// <summary>Sends it, waits for so many answers or the connection's end, and hangs up.</summary>
    private async Task ExchangeAsync(string raw, int answers)
    {
        using var connection = await RawHttp.ConnectAsync(new IPEndPoint(IPAddress.Loopback, _host.Port));
        await connection.SendAsync(raw);
        await connection.ReadAnswersAsync(answers).WaitAsync(Eventually.Deadline);
    }
}
