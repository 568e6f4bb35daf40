using EdgeOperator.Functions.Http;
using EdgeOperator.Functions.Tests.Workers.Forwarding;
using FsCheck.Fluent;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace EdgeOperator.Functions.Tests.Http;

/// <summary>The worker's path is the one whose key the host asked for.</summary>
public sealed class RequestTargetTests
{
    [Theory]
    [InlineData("/api/a", "/api/a")]
    [InlineData("/api/a%2Fb/%C3%A4?x=../y#z", "/api/a%2Fb/%C3%A4?x=../y#z")]
    [InlineData("/api/secret/../open", "/api/open")]
    [InlineData("/api/secret/%2e%2E/open?x=1", "/api/open?x=1")]
    [InlineData("/api/./open/.", "/api/open/")]
    [InlineData("/api/open/..", "/api/")]
    [InlineData("/../../api", "/api")]
    [InlineData("/..", "/")]
    [InlineData("/api/.../a.b/..c", "/api/.../a.b/..c")]
    public void Dot_segments_are_removed_and_nothing_else_is_touched(string target, string expected) =>
        RequestTarget.Of(target).Should().Be(expected);

    [Theory]
    [InlineData("http://device/api/a?x=1", "/api/a?x=1")]
    [InlineData("http://device/api/secret/../a", "/api/a")]
    [InlineData("http://device", "/")]
    [InlineData("http://device?x=1", "/?x=1")]
    public void An_absolute_target_gives_its_path(string target, string expected)
    {
        var context = new DefaultHttpContext();
        context.Features.Get<IHttpRequestFeature>()!.RawTarget = target;
        RequestTarget.Of(context.Request).Should().Be(expected);
    }

    [Fact]
    public async Task A_worker_finds_the_path_that_the_host_found()
    {
        await using var server = await Web.StartAsync(context =>
        {
            context.Response.Headers["X-Again"] = RequestTarget.Of(context.Request);
            return context.Response.WriteAsync(context.Request.Path.Value!);
        });
        var segment = Gen.Elements("a", "b.c", "..", ".", "%2e", ".%2E", "%2F", "%252e", "...", "", "%20", "\\", ";x=..", "~");
        var paths = Gen.ArrayOf(segment).Select(s => "/" + string.Join('/', s)).Sample(200, 12);

        foreach (var path in paths.Distinct())
        {
            var (found, again) = await GetAsync(server, path);
            var (second, _) = await GetAsync(server, again);
            second.Should().Be(found, "{0} was sent on as {1}", path, again);
            RequestTarget.Of(again).Should().Be(again);
        }
    }

    private static async Task<(string Path, string Again)> GetAsync(Web server, string target)
    {
        using var raw = await RawHttp.ConnectAsync(server.Endpoint);
        await raw.SendAsync($"GET {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        var answer = await raw.ReadToEndAsync();
        answer.Should().StartWith("HTTP/1.1 200", target);
        var head = answer[..answer.IndexOf("\r\n\r\n", StringComparison.Ordinal)];
        var again = head.Split("\r\n").Single(h => h.StartsWith("X-Again: ", StringComparison.Ordinal))["X-Again: ".Length..];
        return (RawHttp.Body(answer), again);
    }
}
