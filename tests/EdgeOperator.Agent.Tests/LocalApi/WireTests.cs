using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;

namespace EdgeOperator.Agent.Tests.LocalApi;

/// <summary>The API as another program sees it.</summary>
public sealed class WireTests : IAsyncLifetime
{
    private ServedAgent _served = null!;
    private HttpClient _http = null!;

    public async Task InitializeAsync()
    {
        _served = await ServedAgent.StartAsync();
        _http = new(new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancellation) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(_served.Socket), cancellation);
                return new NetworkStream(socket, ownsSocket: true);
            },
        })
        { BaseAddress = new("http://agent") };
    }

    public async Task DisposeAsync()
    {
        _http.Dispose();
        await _served.DisposeAsync();
    }

    [Fact]
    public async Task A_resource_is_camel_case_JSON_without_nulls()
    {
        var json = await _http.GetStringAsync("/v1/resources/ConfigFile/motd");

        json.Should().Be(string.Concat(
            """{"kind":"ConfigFile","name":"motd","state":"in sync","summary":"/etc/motd",""",
            """ "conditions":[{"type":"Ready","status":"True","reason":"InSync","message":"as desired",""".TrimStart(),
            """ "lastTransitionTime":"2026-07-01T11:00:00+00:00","observedRevision":"1a2b3c4d"}],"details":{}}""".TrimStart()));
    }

    [Theory]
    [InlineData("GET", "/v1/resources/EdgeModule/nobody", 404, "NotFound", "the device has no EdgeModule/nobody")]
    [InlineData("GET", "/v2/status", 404, "NotFound", "GET /v2/status is not served")]
    [InlineData("DELETE", "/v1/status", 405, "MethodNotAllowed", "DELETE /v1/status is not served")]
    [InlineData("GET", "/v1/events?limit=0", 400, "BadRequest", "limit is \"0\": give a number from 1 to 10000")]
    [InlineData("GET", "/v1/events?limit=many", 400, "BadRequest", "limit is \"many\": give a number from 1 to 10000")]
    [InlineData("GET", "/v1/resources/EdgeModule/web/logs?tail=-1", 400, "BadRequest", "tail is \"-1\"")]
    [InlineData("GET", "/v1/resources/EdgeModule/web/logs?follow=maybe", 400, "BadRequest", "give true or false")]
    [InlineData("POST", "/v1/suspend?resource=web", 400, "BadRequest", "write it as Kind/name")]
    [InlineData("POST", "/v1/rollback?revision=beef", 409, "NoSuchRevision", "no revision beef is kept")]
    public async Task An_error_is_problem_JSON(string method, string path, int status, string reason, string detail)
    {
        using var response = await _http.SendAsync(new HttpRequestMessage(new(method), path));
        var problem = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;

        ((int)response.StatusCode).Should().Be(status);
        response.Content.Headers.ContentType!.ToString().Should().Be("application/problem+json");
        problem["type"]!.GetValue<string>().Should().Be("about:blank");
        problem["status"]!.GetValue<int>().Should().Be(status);
        problem["reason"]!.GetValue<string>().Should().Be(reason);
        problem["detail"]!.GetValue<string>().Should().Contain(detail);
    }

    [Fact]
    public async Task Followed_events_are_a_JSON_object_a_line()
    {
        using var response = await _http.GetAsync("/v1/events?follow=true&after=2", HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());

        response.Content.Headers.ContentType!.ToString().Should().Be("application/x-ndjson");
        (await reader.ReadLineAsync()).Should().StartWith("""{"id":3,"at":"2026-07-01T11:59:50+00:00","level":"Normal",""");
    }

    [Fact]
    public async Task Metrics_are_served_on_the_socket()
    {
        using var response = await _http.GetAsync("/metrics");

        response.StatusCode.Should().Be(HttpStatusCode.OK);
        response.Content.Headers.ContentType!.ToString().Should().Be("text/plain; version=0.0.4; charset=utf-8");
        (await response.Content.ReadAsStringAsync()).Should().Contain("edgeoperator_resources{kind=\"EdgeModule\",ready=\"false\"} 1\n");
    }
}
