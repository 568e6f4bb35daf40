using EdgeOperator.Functions.App;
using EdgeOperator.Functions.Tests.Hosting;
using EdgeOperator.Testing;
using Microsoft.AspNetCore.Http;

namespace EdgeOperator.Functions.Tests.Http;

public sealed class TrustedProxiesTests
{
    [Theory]
    [InlineData("127.0.0.1", "https://shop.example 203.0.113.7")]
    [InlineData("10.0.0.0/8,127.0.0.0/8", "https://shop.example 203.0.113.7")]
    [InlineData("10.0.0.1", "http://device 127.0.0.1")]
    [InlineData("", "http://device 127.0.0.1")]
    public async Task Only_a_trusted_proxy_is_believed(string proxies, string seen)
    {
        await using var host = new RunningHost();
        await ServeAsync(host, proxies, new HttpSettings());

        using var response = await SendAsync(host, ("X-Forwarded-For", "203.0.113.7"), ("X-Forwarded-Proto", "https"), ("X-Forwarded-Host", "shop.example"));

        (await response.Content.ReadAsStringAsync()).Should().Be(seen);
    }

    [Theory]
    [InlineData("https", "max-age=864000; includeSubDomains")]
    [InlineData("http", null)]
    public async Task Strict_transport_security_is_asked_for_over_HTTPS_alone(string scheme, string? value)
    {
        await using var host = new RunningHost();
        await ServeAsync(host, "127.0.0.1", new HttpSettings { StrictTransportSecurity = "max-age=864000; includeSubDomains" });

        using var response = await SendAsync(host, ("X-Forwarded-Proto", scheme));

        (response.Headers.TryGetValues("Strict-Transport-Security", out var values) ? values.Single() : null).Should().Be(value);
    }

    [Fact]
    public async Task What_is_no_address_is_refused()
    {
        await using var host = new RunningHost();
        host.Define("g", CannedApp.Saying("hi"));

        host.Host.Set(host.Request("g") with { TrustedProxies = ["proxy.local"] });

        await Eventually.SucceedsAsync(() => host.Host.Report().Failure.Should().StartWith("\"proxy.local\" is no address of a proxy"));
    }

    private static async Task ServeAsync(RunningHost host, string proxies, HttpSettings http)
    {
        var app = new CannedApp { App = new CannedApp().App with { Host = new() { Http = http } } };
        host.Define("g", app.Forwarding("echo", (context, aborted) => context.Response.WriteAsync(
            $"{context.Request.Scheme}://{context.Request.Host} {context.Connection.RemoteIpAddress}", aborted)));
        host.Host.Set(host.Request("g") with { TrustedProxies = [.. proxies.Split(',', StringSplitOptions.RemoveEmptyEntries)] });
        await host.ServingAsync("g");
    }

    private static Task<HttpResponseMessage> SendAsync(RunningHost host, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, "api/echo") { Headers = { Host = "device" } };
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);

        return host.Client.SendAsync(request);
    }
}
