using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using EdgeOperator.Core.Protocol.Hub;
using EdgeOperator.Hub.Tests.Mqtt;

namespace EdgeOperator.Hub.Tests.Security;

/// <summary>What those who have not signed in, or have for something else, can cost the hub or get out of it.</summary>
[Collection(SharedHub.Name)]
public sealed class StrangerTests(SharedHub shared)
{
    private const string HalfOfAPair = "\\ud800";

    private HubUnderTest Hub => shared.Hub;

    [Theory]
    [InlineData("user", 129)]
    [InlineData("password", 1025)]
    [InlineData("newPassword", 1025)]
    public async Task Names_and_passwords_that_nobody_has_are_neither_kept_nor_hashed(string field, int length)
    {
        var login = new Dictionary<string, string> { ["user"] = "somebody", ["password"] = "x" };
        login[field] = new string('x', length);

        (await OpenAsync("login", login)).Should().Be(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Bodies_that_nobody_has_signed_in_for_are_small()
    {
        (await OpenAsync("login", new { user = new string('x', 70_000), password = "x" })).Should().Be(HttpStatusCode.RequestEntityTooLarge);
        (await OpenAsync("enrollments", new { deviceId = "large", csr = new string('x', 70_000) })).Should().Be(HttpStatusCode.RequestEntityTooLarge);
        (await Hub.CallAsync("POST", "devices/query", JsonSerializer.Serialize(new { query = "SELECT * FROM devices", x = new string('x', 70_000) }))).Status.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_chunk_of_a_size_that_no_number_holds_is_a_bad_request()
    {
        using var tcp = new TcpClient();
        await tcp.ConnectAsync(Hub.Host, 443);
        await using var stream = new SslStream(tcp.GetStream());
        await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = Hub.Host, CertificateChainPolicy = Hub.Trust() });

        await stream.WriteAsync(Encoding.ASCII.GetBytes($"POST /api/v1/login HTTP/1.1\r\nHost: {Hub.Host}\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\n"));

        using var lines = new StreamReader(stream);
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        (await lines.ReadLineAsync(deadline.Token)).Should().Be("HTTP/1.1 400 Bad Request");
    }

    [Fact]
    public async Task A_label_that_no_device_takes_leaves_a_request_pending_and_nothing_registered()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        (await OpenAsync("enrollments", new { deviceId = "labelled-badly", csr = Csr(key) })).Should().Be(HttpStatusCode.Accepted);
        async Task<string> PendingAsync() => (string)(await Hub.CallAsync("GET", "api/v1/enrollments?state=Pending&limit=1000")).Body!.AsArray().Single(item => (string?)item!["deviceId"] == "labelled-badly")!["id"]!;
        var id = await PendingAsync();

        foreach (var label in (string[])["\"a,b\":\"c\"", "\"bad!\":\"1\"", "\"bad key\":\"x\"", "\"a\":\"b,c\""])
            (await Hub.CallAsync("POST", $"api/v1/enrollments/{id}/approve", $"{{\"labels\":{{{label}}}}}")).Status.Should().Be(HttpStatusCode.BadRequest, label);

        (await PendingAsync()).Should().Be(id);
        (await Hub.CallAsync("GET", "devices/labelled-badly")).Status.Should().Be(HttpStatusCode.NotFound);
        await Hub.CreateDeviceAsync("labelled-well");
        (await Hub.CallAsync("PATCH", "api/v1/devices/labelled-well/labels", """{"a":"b,c"}""")).Status.Should().Be(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_certificate_request_is_kept_only_when_it_is_short()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

        (await OpenAsync("enrollments", new { deviceId = "padded", csr = new string('x', 16_384) + "\n" + Csr(key) })).Should().Be(HttpStatusCode.BadRequest);
        (await OpenAsync("enrollments", new { deviceId = "padded", csr = "a comment\n" + Csr(key) })).Should().Be(HttpStatusCode.Accepted);
    }

    [Fact]
    public async Task A_caller_of_too_many_requests_is_told_when_to_come_again_and_others_are_not_concerned()
    {
        await using var hub = await HubUnderTest.StartAsync("service: {requestsPerSecond: 1}");
        var key = await hub.CreateDeviceAsync("calls-for-itself");
        HttpResponseMessage answer;
        do
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"https://{hub.Host}/devices/calls-for-itself"));
            request.Headers.TryAddWithoutValidation("Authorization", hub.Token());
            answer = await hub.Client.SendAsync(request);
        }
        while (answer.StatusCode == HttpStatusCode.OK);

        answer.StatusCode.Should().Be(HttpStatusCode.TooManyRequests);
        answer.Headers.GetValues("iothub-errorcode").Should().Equal("ThrottlingException");
        answer.Headers.RetryAfter!.Delta.Should().Be(TimeSpan.FromSeconds(1));
        answer.Dispose();
        (await hub.CallAsync("GET", "devices/calls-for-itself", authorization: hub.Token($"{hub.Host}/devices/calls-for-itself", key))).Status.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task No_more_requests_wait_than_may_however_many_come_at_once()
    {
        await using var hub = await HubUnderTest.StartAsync("enrollment: {maxPending: 3}");
        async Task<HttpStatusCode> SubmitAsync(int device)
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            return (await hub.CallAsync("POST", "api/v1/enrollments", JsonSerializer.Serialize(new { deviceId = $"d{device}", csr = Csr(key) }), "")).Status;
        }

        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(SubmitAsync));
        answers.Count(a => a == HttpStatusCode.Accepted).Should().Be(3);
        answers.Count(a => a == HttpStatusCode.TooManyRequests).Should().Be(9);

        await hub.StopAsync();
        await hub.StartProcessAsync();
        (await SubmitAsync(20)).Should().Be(HttpStatusCode.TooManyRequests);
        var waiting = (await hub.CallAsync("GET", "api/v1/enrollments")).Body!.AsArray();
        waiting.Should().HaveCount(3);
        (await hub.CallAsync("POST", $"api/v1/enrollments/{waiting[0]!["id"]}/deny")).Status.Should().Be(HttpStatusCode.NoContent);
        (await SubmitAsync(21)).Should().Be(HttpStatusCode.Accepted);
        (await SubmitAsync(22)).Should().Be(HttpStatusCode.TooManyRequests);
    }

    [Theory]
    [InlineData("POST", "api/v1/login", "user")]
    [InlineData("POST", "api/v1/enrollments", "csr")]
    [InlineData("PUT", "devices/texts", "statusReason")]
    [InlineData("PATCH", "twins/texts", "tags")]
    [InlineData("POST", "devices/query", "query")]
    public async Task A_text_that_is_no_Unicode_is_the_client_s_mistake(string method, string path, string field)
    {
        foreach (var value in (string[])[$"\"{HalfOfAPair}\"", $"{{\"{HalfOfAPair}\":1}}"])
            (await Hub.CallAsync(method, path, $"{{\"{field}\":{value}}}")).Status.Should().Be(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Reported_properties_that_are_no_Unicode_are_refused_and_the_device_stays_connected()
    {
        var key = await Hub.CreateDeviceAsync("halves");
        var (client, _) = await RawMqtt.ConnectAsync(Hub, "halves", key);
        await using var device = client;
        await device.SendAsync(RawMqtt.Subscribe(1, "$iothub/twin/res/#"));
        await device.ReceiveAsync();

        foreach (var request in (string[])["1", "2"])
        {
            await device.SendAsync(RawMqtt.Publish($"$iothub/twin/PATCH/properties/reported/?$rid={request}", $"{{\"a\":\"{HalfOfAPair}\"}}"));
            (await device.ReceivePublishAsync()).Topic.Should().Be($"$iothub/twin/res/400/?$rid={request}");
        }
    }

    [Fact]
    public async Task A_policy_s_token_for_one_device_is_none_for_another_whose_name_reads_alike()
    {
        await Hub.CreateDeviceAsync("xy");
        await Hub.CallAsync("PUT", "devices/x%2579", """{"deviceId":"x%79"}""");
        var policy = Convert.FromBase64String(Hub.ConnectionString.Split("SharedAccessKey=")[1]);
        var token = SasToken.Create($"{Hub.Host}/devices/x%79", policy, DateTimeOffset.MaxValue, "iothubowner");

        (await LoginAsync("x%79", token)).Should().Be(0);
        (await LoginAsync("xy", token)).Should().Be(5);
    }

    [Theory]
    [InlineData("99999999999999999999")]
    [InlineData("-1")]
    public async Task A_continuation_with_a_count_that_is_none_belongs_to_no_query(string left)
    {
        const string Query = "SELECT * FROM devices";
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Query)))[..16];
        using var request = new HttpRequestMessage(HttpMethod.Post, $"https://{Hub.Host}/devices/query") { Content = new StringContent(JsonSerializer.Serialize(new { query = Query })) };
        request.Headers.TryAddWithoutValidation("Authorization", Hub.Token());
        request.Headers.TryAddWithoutValidation("x-ms-continuation", Convert.ToBase64String(JsonSerializer.SerializeToUtf8Bytes((string[])["a", "", left, hash])));

        using var answer = await Hub.Client.SendAsync(request);

        answer.StatusCode.Should().Be(HttpStatusCode.BadRequest);
    }

    private static string Csr(ECDsa key) => new CertificateRequest("CN=x", key, HashAlgorithmName.SHA256).CreateSigningRequestPem();

    private async Task<HttpStatusCode> OpenAsync(string path, object body) => (await Hub.CallAsync("POST", $"api/v1/{path}", JsonSerializer.Serialize(body), "")).Status;

    private async Task<int> LoginAsync(string device, string token)
    {
        await using var client = await RawMqtt.OpenAsync(Hub);
        await client.SendAsync(RawMqtt.Connect(device, $"{Hub.Host}/{device}/?api-version=2021-04-12", token));
        return (await client.ReceiveAsync())!.Value.Body[1];
    }
}
