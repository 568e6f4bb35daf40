using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using EdgeOperator.Platform.Publishing;
using EdgeOperator.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeOperator.Platform.Tests.Publishing;

/// <summary>The endpoint over HTTP; a task in the place of the agent concludes deployments.</summary>
public sealed class PublishingApiTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private readonly CancellationTokenSource _end = new();
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromMinutes(5) };
    private PublishStore _store = null!;
    private PublishedApp _app = null!;
    private PublishingServer _server = null!;
    private Task _device = Task.CompletedTask;
    private string _password = "";

    public async Task InitializeAsync()
    {
        _store = new(_folder.File("store"));
        _app = _store.Create("orders");
        _password = _app.CreateCredentials(TimeProvider.System.GetUtcNow());
        await ServeAsync(new() { PollInterval = TimeSpan.FromMilliseconds(20) });
    }

    public async Task DisposeAsync()
    {
        await _end.CancelAsync();
        await _device;
        await _server.DisposeAsync();
        _http.Dispose();
        _end.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_package_is_answered_once_the_device_serves_it()
    {
        RunDevice(_ => null);

        var answer = await PublishAsync(Packages.App());

        answer.StatusCode.Should().Be(HttpStatusCode.OK);
        var deployment = await JsonAsync(answer);
        ((int?)deployment["status"]).Should().Be(4);
        ((bool?)deployment["active"]).Should().BeTrue();
        ((string?)deployment["site_name"]).Should().Be("orders");
        ((string?)deployment["version"]).Should().Be(Convert.ToHexStringLower(SHA256.HashData(Packages.App())));
        File.ReadAllBytes(_app.PackageOf((string)deployment["version"]!)).Should().Equal(Packages.App());
        answer.Headers.GetValues("SCM-DEPLOYMENT-ID").Should().Equal((string?)deployment["id"]);
    }

    [Fact]
    public async Task An_app_that_can_not_be_loaded_is_answered_with_the_reason_and_what_was_there_before_is_to_run()
    {
        RunDevice(version => version == Version(Packages.App("broken")) ? "index.js is broken" : null);
        await PublishAsync(Packages.App());

        var answer = await PublishAsync(Packages.App("broken"));

        answer.StatusCode.Should().Be(HttpStatusCode.InternalServerError);
        ((string?)(await JsonAsync(answer))["Message"]).Should().Contain("index.js is broken");
        _app.History().Target!.Deployment.Version.Should().Be(Version(Packages.App()));
        _app.History().Active!.Deployment.Version.Should().Be(Version(Packages.App()));
    }

    [Fact]
    public async Task An_asynchronous_publisher_is_told_where_to_look()
    {
        var answer = await PublishAsync(Packages.App(), "api/zipdeploy?isAsync=true&deployer=ci&message=first");

        answer.StatusCode.Should().Be(HttpStatusCode.Accepted);
        answer.Headers.RetryAfter.Should().NotBeNull();
        answer.Headers.Location!.AbsolutePath.Should().Be("/api/deployments/latest");
        answer.Headers.Location.Query.Should().StartWith("?deployer=ci&time=");
        var waiting = await GetAsync(answer.Headers.Location.ToString());
        waiting.StatusCode.Should().Be(HttpStatusCode.Accepted);
        ((bool?)(await JsonAsync(waiting))["complete"]).Should().BeFalse();

        RunDevice(_ => null);
        await Eventually.SucceedsAsync(async () => (await GetAsync(answer.Headers.Location.ToString())).StatusCode.Should().Be(HttpStatusCode.OK));
        var ended = await JsonAsync(await GetAsync("api/deployments/latest"));
        ((string?)ended["message"]).Should().Be("first");
        ((string?)ended["provisioningState"]).Should().Be("Succeeded");
        (await (await GetAsync((string)ended["log_url"]!)).Content.ReadAsStringAsync()).Should().Contain("Deployment successful");
    }

    [Fact]
    public async Task An_earlier_deployment_is_put_into_service_again()
    {
        RunDevice(_ => null);
        var first = (string?)(await JsonAsync(await PublishAsync(Packages.App("v1"))))["id"];
        await PublishAsync(Packages.App("v2"), "api/publish?type=zip");

        (await SendAsync(new(HttpMethod.Put, $"api/deployments/{first}"))).StatusCode.Should().Be(HttpStatusCode.OK);

        _app.History().Target!.Deployment.Version.Should().Be(Version(Packages.App("v1")));
        var list = JsonNode.Parse(await (await GetAsync("api/deployments")).Content.ReadAsStringAsync())!.AsArray();
        list.Select(d => (bool)d!["active"]!).Should().Equal(true, false);
        (await SendAsync(new(HttpMethod.Delete, $"api/deployments/{first}"))).StatusCode.Should().Be(HttpStatusCode.Conflict);
        (await SendAsync(new(HttpMethod.Delete, $"api/deployments/{list[1]!["id"]}"))).StatusCode.Should().Be(HttpStatusCode.NoContent);
        File.Exists(_app.PackageOf(Version(Packages.App("v2")))).Should().BeFalse();
    }

    [Fact]
    public async Task A_deployment_whose_place_is_taken_before_it_was_served_has_failed()
    {
        var first = await JsonAsync(await GetAsync((await PublishAsync(Packages.App("v1"), "api/zipdeploy?isAsync=true")).Headers.Location!.ToString()));
        await PublishAsync(Packages.App("v2"), "api/zipdeploy?isAsync=true");

        var answer = await JsonAsync(await GetAsync($"api/deployments/{first["id"]}"));

        ((int?)answer["status"]).Should().Be(3);
        ((string?)answer["status_text"]).Should().Contain("later deployment");
    }

    [Fact]
    public async Task Without_the_apps_own_credentials_nothing_is_answered()
    {
        var other = _store.Create("till").CreateCredentials(TimeProvider.System.GetUtcNow());
        foreach (var login in (AuthenticationHeaderValue?[])
            [null, Basic("$orders", "wrong"), Basic("$orders", other), Basic("$nobody", _password), new("Bearer", "wrong"), new("Basic", "%%%"), new("Basic", "")])
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(_server.Url, "api/deployments"));
            request.Headers.Authorization = login;
            var answer = await _http.SendAsync(request);
            answer.StatusCode.Should().Be(HttpStatusCode.Unauthorized);
            answer.Headers.WwwAuthenticate.Should().ContainSingle().Which.Scheme.Should().Be("Basic");
        }

        foreach (var login in (AuthenticationHeaderValue[])[Basic("$orders", _password), Basic("orders", _password), Basic("orders\\$orders", _password), new("Bearer", _password)])
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(_server.Url, "api/settings"));
            request.Headers.Authorization = login;
            (await JsonAsync(await _http.SendAsync(request)))["WEBSITE_SITE_NAME"]!.ToString().Should().Be("orders");
        }
    }

    [Fact]
    public async Task New_credentials_end_the_old_ones()
    {
        var old = _password;
        _password = _app.CreateCredentials(TimeProvider.System.GetUtcNow());

        (await GetAsync("api/settings")).StatusCode.Should().Be(HttpStatusCode.OK);
        _password = old;
        (await GetAsync("api/settings")).StatusCode.Should().Be(HttpStatusCode.Unauthorized);
        Directory.EnumerateFiles(_folder, "*", SearchOption.AllDirectories).Should().OnlyContain(f => !File.ReadAllText(f).Contains(old));
    }

    [Fact]
    public async Task What_is_no_app_is_refused_and_leaves_nothing_behind()
    {
        foreach (var body in (byte[][])[[], "no zip"u8.ToArray(), Packages.Zip(("index.js", "")), Packages.Zip(("host.json", ""), ("../x", ""))])
        {
            (await PublishAsync(body)).StatusCode.Should().Be(HttpStatusCode.BadRequest);
        }

        _app.History().All.Should().BeEmpty();
        Directory.EnumerateFileSystemEntries(_folder.File("store/orders/packages")).Should().BeEmpty();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_package_that_is_too_large_is_refused_whether_it_says_so_or_not(bool announces)
    {
        await _server.DisposeAsync();
        await ServeAsync(new() { LargestZip = 1000 });
        using var content = announces ? (HttpContent)new ByteArrayContent(new byte[2000]) : new StreamContent(new UnannouncedStream(new byte[2000]));
        var answer = await SendAsync(new(HttpMethod.Post, "api/zipdeploy") { Content = content });

        answer.StatusCode.Should().Be(HttpStatusCode.RequestEntityTooLarge);
        Directory.EnumerateFileSystemEntries(_folder.File("store/orders/packages")).Should().BeEmpty();
    }

    [Theory]
    [InlineData("FFFFFFFFFFFFFFF\r\nab")]
    [InlineData("no length\r\nab")]
    public async Task A_body_that_is_framed_wrongly_is_the_publisher_s_mistake(string body)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, _server.Url.Port);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"POST /api/zipdeploy HTTP/1.1\r\nHost: x\r\nAuthorization: {Basic("$orders", _password)}\r\nTransfer-Encoding: chunked\r\n\r\n{body}"));

        using var reader = new StreamReader(stream);
        (await reader.ReadLineAsync()).Should().StartWith("HTTP/1.1 400 ");
    }

    [Fact]
    public async Task A_second_upload_of_an_app_is_refused_while_the_first_is_received()
    {
        using var gate = new SemaphoreSlim(0);
        var first = SendAsync(new(HttpMethod.Post, "api/zipdeploy?isAsync=true") { Content = new StreamContent(new GatedStream(Packages.App(), gate)) });
        await Eventually.TrueAsync("the first is being received", () => Directory.EnumerateFiles(_folder.File("store/orders/packages")).Any());

        (await PublishAsync(Packages.App(), "api/zipdeploy?isAsync=true")).StatusCode.Should().Be(HttpStatusCode.Conflict);

        gate.Release();
        (await first).StatusCode.Should().Be(HttpStatusCode.Accepted);
    }

    [Fact]
    public async Task Settings_can_be_set_to_what_they_are()
    {
        (await SetAsync("""{"WEBSITE_RUN_FROM_PACKAGE": "1"}""")).StatusCode.Should().Be(HttpStatusCode.NoContent);
        (await SetAsync("""{"SHOP": "12"}""")).StatusCode.Should().Be(HttpStatusCode.Conflict);
        (await SetAsync("[]")).StatusCode.Should().Be(HttpStatusCode.BadRequest);
        (await (await GetAsync("api/settings/WEBSITE_RUN_FROM_PACKAGE")).Content.ReadAsStringAsync()).Should().Be("1");

        Task<HttpResponseMessage> SetAsync(string json) => SendAsync(new(HttpMethod.Post, "api/settings") { Content = new StringContent(json, Encoding.UTF8, "application/json") });
    }

    [Fact]
    public async Task Functions_are_those_that_the_device_serves()
    {
        RunDevice(_ => null);
        await PublishAsync(Packages.App());

        var functions = JsonNode.Parse(await (await GetAsync("api/functions")).Content.ReadAsStringAsync())!.AsArray();

        ((string?)functions.Single()!["name"]).Should().Be("order");
        ((string?)functions.Single()!["invoke_url_template"]).Should().Be("http://127.0.0.1:7072/api/order");
        ((bool?)functions.Single()!["isDisabled"]).Should().BeFalse();
        ((string?)functions.Single()!["config"]!["bindings"]![0]!["type"]).Should().Be("httpTrigger");
        (await GetAsync("api/functions/Order")).StatusCode.Should().Be(HttpStatusCode.OK);
        (await GetAsync("api/functions/nothing")).StatusCode.Should().Be(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task The_settings_file_can_be_fetched_again_by_whoever_has_the_password()
    {
        var answer = await GetAsync("api/publishsettings");

        answer.Content.Headers.ContentDisposition!.FileName.Should().Be("orders.PublishSettings");
        PublishSettingsFile.Read(await answer.Content.ReadAsStringAsync()).Should().Be(new PublishSettingsFile(_server.Url, "$orders", _password));
    }

    [Fact]
    public async Task A_wait_that_is_too_long_ends_with_where_to_look()
    {
        await _server.DisposeAsync();
        await ServeAsync(new() { WaitLimit = TimeSpan.Zero });

        var answer = await PublishAsync(Packages.App());

        answer.StatusCode.Should().Be(HttpStatusCode.Accepted);
        answer.Headers.Location.Should().NotBeNull();
    }

    [Fact]
    public async Task Few_deployments_are_kept_and_never_fewer_than_what_runs()
    {
        RunDevice(version => version == Version(Packages.App("0")) ? null : "it is broken");
        for (var i = 0; i < PublishedApp.Kept + 3; i++)
            await PublishAsync(Packages.App($"{i}"));

        var kept = _app.History().All;

        kept.Should().HaveCount(PublishedApp.Kept + 1);
        kept[^1].Deployment.Version.Should().Be(Version(Packages.App("0")));
        Directory.GetFiles(_folder.File("store/orders/packages")).Should().HaveCount(kept.Length);
    }

    [Fact]
    public async Task Passwords_do_not_cross_a_network_in_clear_text()
    {
        var start = () => PublishingServer.StartAsync(new(_store, new(), TimeProvider.System), new(IPAddress.Any, 0), null, null, NullLoggerFactory.Instance, CancellationToken.None);

        (await start.Should().ThrowAsync<IOException>()).Which.Message.Should().Contain("give a certificate");
    }

    private async Task ServeAsync(PublishingOptions options) => _server = await PublishingServer.StartAsync(
        new(_store, options, TimeProvider.System), new(IPAddress.Loopback, 0), null, null, NullLoggerFactory.Instance, CancellationToken.None);

    /// <param name="failure">By version; null when it can be put into service.</param>
    private void RunDevice(Func<string, string?> failure) => _device = Task.Run(async () =>
    {
        while (!_end.IsCancellationRequested)
        {
            if (_app.History().Target is { Result: null } target)
                _app.Conclude(target.Deployment.Id, new(target.Deployment.Sequence, TimeProvider.System.GetUtcNow(), failure(target.Deployment.Version), [new("order", "httpTrigger", "http://127.0.0.1:7072/api/order", false)]));
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
        }
    });

    private Task<HttpResponseMessage> PublishAsync(byte[] zip, string path = "api/zipdeploy") => SendAsync(new(HttpMethod.Post, path) { Content = new ByteArrayContent(zip) });

    private Task<HttpResponseMessage> GetAsync(string path) => SendAsync(new(HttpMethod.Get, path));

    private Task<HttpResponseMessage> SendAsync(HttpRequestMessage request)
    {
        request.RequestUri = new(_server.Url, request.RequestUri!);
        request.Headers.Authorization = Basic("$orders", _password);
        return _http.SendAsync(request);
    }

    private static AuthenticationHeaderValue Basic(string user, string password) => new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")));

    private static async Task<JsonObject> JsonAsync(HttpResponseMessage answer) => JsonNode.Parse(await answer.Content.ReadAsStringAsync())!.AsObject();

    private static string Version(byte[] zip) => Convert.ToHexStringLower(SHA256.HashData(zip));

    /// <summary>Of a length that is not known before its end.</summary>
    private sealed class UnannouncedStream(byte[] content) : MemoryStream(content)
    {
        public override bool CanSeek => false;
    }

    /// <summary>Its first byte, and the others when the gate opens.</summary>
    private sealed class GatedStream(byte[] content, SemaphoreSlim gate) : MemoryStream(content)
    {
        public override bool CanSeek => false;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (Position == 1)
                await gate.WaitAsync(cancellationToken);
            return await base.ReadAsync(Position == 0 ? buffer[..1] : buffer, cancellationToken);
        }

        public override Task CopyToAsync(Stream destination, int bufferSize, CancellationToken cancellationToken) => CopyAsync(destination, cancellationToken);

        private async Task CopyAsync(Stream destination, CancellationToken cancellationToken)
        {
            var buffer = new byte[4096];
            while (await ReadAsync(buffer, cancellationToken) is var count and > 0)
            {
                await destination.WriteAsync(buffer.AsMemory(0, count), cancellationToken);
                await destination.FlushAsync(cancellationToken);
            }
        }
    }
}
