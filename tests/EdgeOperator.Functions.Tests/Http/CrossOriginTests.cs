using System.Net;
using EdgeOperator.Functions.Tests.Hosting;
using EdgeOperator.Testing;
using Microsoft.AspNetCore.Http;

namespace EdgeOperator.Functions.Tests.Http;

public sealed class CrossOriginTests
{
    [Theory]
    [InlineData("https://a.example", false, "https://a.example", "https://a.example", null)]
    [InlineData("https://a.example,http://localhost:3000", true, "http://localhost:3000", "http://localhost:3000", "true")]
    [InlineData("https://a.example/", true, "https://a.example", "https://a.example", "true")]
    [InlineData("https://a.example", true, "https://b.example", null, null)]
    [InlineData("*", false, "https://b.example", "*", null)]
    [InlineData("*", true, "https://b.example", "https://b.example", "true")]
    public async Task A_page_may_read_an_answer_if_its_origin_is_named(string origins, bool credentials, string origin, string? allowed, string? withCredentials)
    {
        await using var host = new RunningHost();
        await ServeAsync(host, origins, credentials, CannedApp.Saying("hi"));
        using var request = new HttpRequestMessage(HttpMethod.Get, "api/echo") { Headers = { { "Origin", origin } } };

        using var response = await host.Client.SendAsync(request);

        response.StatusCode.Should().Be(HttpStatusCode.OK);
        Header(response, "Access-Control-Allow-Origin").Should().Be(allowed);
        Header(response, "Access-Control-Allow-Credentials").Should().Be(withCredentials);
    }

    [Fact]
    public async Task A_preflight_is_answered_without_a_key_or_a_function()
    {
        await using var host = new RunningHost();
        await ServeAsync(host, "https://a.example", false, CannedApp.Saying("hi"));
        using var request = new HttpRequestMessage(HttpMethod.Options, "api/locked")
        {
            Headers = { { "Origin", "https://a.example" }, { "Access-Control-Request-Method", "PUT" }, { "Access-Control-Request-Headers", "x-functions-key" } },
        };

        using var response = await host.Client.SendAsync(request);

        response.StatusCode.Should().Be(HttpStatusCode.NoContent);
        Header(response, "Access-Control-Allow-Origin").Should().Be("https://a.example");
        Header(response, "Access-Control-Allow-Methods").Should().Be("PUT");
        Header(response, "Access-Control-Allow-Headers").Should().Be("x-functions-key");
    }

    [Fact]
    public async Task What_a_worker_says_of_origins_is_replaced()
    {
        await using var host = new RunningHost();
        await ServeAsync(host, "https://a.example", false, new CannedApp().Forwarding("echo", (context, aborted) =>
        {
            context.Response.Headers.AccessControlAllowOrigin = "*";
            return context.Response.WriteAsync("hi", aborted);
        }));
        using var request = new HttpRequestMessage(HttpMethod.Get, "api/echo") { Headers = { { "Origin", "https://a.example" } } };

        using var response = await host.Client.SendAsync(request);

        response.Headers.GetValues("Access-Control-Allow-Origin").Should().Equal("https://a.example");
    }

    [Theory]
    [InlineData("a.example")]
    [InlineData("https://a.example/path")]
    public async Task What_is_no_origin_is_refused(string origin)
    {
        await using var host = new RunningHost();
        host.Define("g", CannedApp.Saying("hi"));

        host.Host.Set(host.Request("g") with { CorsOrigins = [origin] });

        await Eventually.SucceedsAsync(() => host.Host.Report().Failure.Should().StartWith($"\"{origin}\" is no origin (CORS)"));
    }

    private static async Task ServeAsync(RunningHost host, string origins, bool credentials, CannedApp app)
    {
        host.Define("g", app);
        host.Host.Set(host.Request("g") with { CorsOrigins = [.. origins.Split(',')], CorsCredentials = credentials });
        await host.ServingAsync("g");
    }

    private static string? Header(HttpResponseMessage response, string name) => response.Headers.TryGetValues(name, out var values) ? string.Join(',', values) : null;
}
