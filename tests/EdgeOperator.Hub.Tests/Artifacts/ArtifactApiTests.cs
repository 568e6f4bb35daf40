using System.Net;
using System.Text.Json.Nodes;

namespace EdgeOperator.Hub.Tests.Artifacts;

/// <summary>Artifacts over HTTPS, by administrators and by devices.</summary>
[Collection(SharedHub.Name)]
public sealed class ArtifactApiTests(SharedHub shared)
{
    private HubUnderTest Hub => shared.Hub;

    [Fact]
    public async Task One_is_pushed_once_and_read_as_it_was()
    {
        var package = Packages.Of(("a.yaml", "a"));
        var hash = Packages.HashOf(package);

        var first = await Hub.SendAsync(HttpMethod.Put, hash, package);
        var second = await Hub.SendAsync(HttpMethod.Put, hash, package);
        var read = await Hub.SendAsync(HttpMethod.Get, hash);
        var head = await Hub.SendAsync(HttpMethod.Head, hash);
        var known = await Hub.SendAsync(HttpMethod.Get, hash, headers: ("If-None-Match", $"\"{hash}\""));

        (first.StatusCode, second.StatusCode).Should().Be((HttpStatusCode.Created, HttpStatusCode.OK));
        JsonNode.Parse(await first.Content.ReadAsStringAsync())!["digest"]!.GetValue<string>().Should().Be($"sha256:{hash}");
        (await read.Content.ReadAsByteArrayAsync()).Should().Equal(package);
        read.Headers.ETag!.Tag.Should().Be($"\"{hash}\"");
        read.Headers.AcceptRanges.Should().Equal("bytes");
        (head.StatusCode, head.Content.Headers.ContentLength).Should().Be((HttpStatusCode.OK, package.Length));
        known.StatusCode.Should().Be(HttpStatusCode.NotModified);
        (await Hub.CallAsync("GET", "api/v1/artifacts?limit=1000")).Body!["items"]!.AsArray().Should().Contain(a => a!["digest"]!.GetValue<string>() == $"sha256:{hash}");
        (await Hub.CallAsync("GET", "api/v1/audit?limit=1000")).Body!.AsArray().Should().Contain(e => e!["target"]!.GetValue<string>() == $"api/v1/artifacts/{hash}");
    }

    [Theory]
    [InlineData("bytes=0-9", 206, "bytes 0-9/SIZE", 0, 10)]
    [InlineData("bytes=10-", 206, "bytes 10-LAST/SIZE", 10, -1)]
    [InlineData("bytes=-5", 206, "bytes TAIL-LAST/SIZE", -5, 5)]
    [InlineData("bytes=-99999999999", 206, "bytes 0-LAST/SIZE", 0, -1)]
    [InlineData("bytes=5-99999999999", 206, "bytes 5-LAST/SIZE", 5, -1)]
    [InlineData("bytes=99999999999-", 416, "bytes */SIZE", 0, 0)]
    [InlineData("bytes=-0", 416, "bytes */SIZE", 0, 0)]
    [InlineData("bytes=9223372036854775807-9223372036854775807", 416, "bytes */SIZE", 0, 0)]
    [InlineData("bytes=0-1,3-4", 200, null, 0, -1)]
    [InlineData("bytes=99999999999999999999999-", 200, null, 0, -1)]
    [InlineData("bytes=-1-2", 200, null, 0, -1)]
    [InlineData("bytes=7-3", 200, null, 0, -1)]
    [InlineData("lines=0-1", 200, null, 0, -1)]
    [InlineData("bytes", 200, null, 0, -1)]
    public async Task A_range_of_it_is_read_alone_and_what_is_no_range_gets_all_of_it(string range, int status, string? contentRange, int from, int count)
    {
        var package = Packages.Of(("range.yaml", string.Join(' ', Enumerable.Range(0, 300))));
        await Hub.SendAsync(HttpMethod.Put, Packages.HashOf(package), package);

        var answer = await Hub.SendAsync(HttpMethod.Get, Packages.HashOf(package), headers: ("Range", range));

        var start = from < 0 ? package.Length + from : from;
        ((int)answer.StatusCode).Should().Be(status);
        (answer.Content.Headers.ContentRange?.ToString()).Should().Be(contentRange?.Replace("SIZE", $"{package.Length}", StringComparison.Ordinal)
            .Replace("LAST", $"{package.Length - 1}", StringComparison.Ordinal).Replace("TAIL", $"{package.Length - 5}", StringComparison.Ordinal));
        (await answer.Content.ReadAsByteArrayAsync()).Should().Equal(status == 416 ? [] : package.AsSpan(start, count < 0 ? package.Length - start : count).ToArray());
    }

    [Fact]
    public async Task A_range_of_something_else_gets_all_of_it()
    {
        var package = Packages.Of(("a.yaml", "if-range"));
        var hash = await Hub.PushAsync(package);

        (await Hub.SendAsync(HttpMethod.Get, hash, headers: [("Range", "bytes=1-"), ("If-Range", "\"other\"")])).StatusCode.Should().Be(HttpStatusCode.OK);
        (await Hub.SendAsync(HttpMethod.Get, hash, headers: [("Range", "bytes=1-"), ("If-Range", $"\"{hash}\"")])).StatusCode.Should().Be(HttpStatusCode.PartialContent);
    }

    [Fact]
    public async Task What_is_not_what_its_name_says_is_refused_and_leaves_nothing()
    {
        var other = Packages.HashOf(Packages.Of(("a.yaml", "other")));

        var answer = await Hub.SendAsync(HttpMethod.Put, other, Packages.Of(("a.yaml", "this")));

        answer.StatusCode.Should().Be(HttpStatusCode.BadRequest);
        (await answer.Content.ReadAsStringAsync()).Should().Contain("the SHA-256 of the body is");
        (await Hub.SendAsync(HttpMethod.Get, other)).StatusCode.Should().Be(HttpStatusCode.NotFound);
        Directory.GetFiles(Path.Combine(Hub.Data, "artifacts")).Should().OnlyContain(f => Path.GetFileName(f).Length == 64);
    }

    [Theory]
    [InlineData("../hub.db")]
    [InlineData("..%2Fhub.db")]
    [InlineData("%2e%2e%2fsecrets.key")]
    [InlineData("ABCDEF")]
    [InlineData(".upload-1")]
    public async Task A_name_that_is_no_hash_names_nothing(string name)
    {
        foreach (var method in (HttpMethod[])[HttpMethod.Get, HttpMethod.Put])
            ((int)(await Hub.SendAsync(method, name, method == HttpMethod.Put ? [1] : null)).StatusCode).Should().BeOneOf(400, 404, 405);
    }

    [Fact]
    public async Task A_device_reads_what_its_twin_names_and_nothing_else()
    {
        var (mine, other) = (await Hub.PushAsync(Packages.Of(("a.yaml", "mine"))), await Hub.PushAsync(Packages.Of(("a.yaml", "theirs"))));
        var key = await Hub.CreateDeviceAsync("artifact-reader");
        await Hub.CreateDeviceAsync("artifact-other");
        await Hub.CallAsync("PUT", "devices/artifact-reader/modules/m?api-version=2021-04-12", """{"deviceId":"artifact-reader","moduleId":"m"}""");
        var moduleKey = (await Hub.CallAsync("GET", "devices/artifact-reader/modules/m")).Body!["authentication"]!["symmetricKey"]!["primaryKey"]!.GetValue<string>();
        await Hub.NameAsync("artifact-reader", mine, "r1");
        await Hub.NameAsync("artifact-other", other, "r1");
        var device = Hub.Token($"{Hub.Host}/devices/artifact-reader", key);
        var module = Hub.Token($"{Hub.Host}/devices/artifact-reader/modules/m", moduleKey);

        (await Hub.SendAsync(HttpMethod.Get, mine, authorization: device)).StatusCode.Should().Be(HttpStatusCode.OK);
        (await Hub.SendAsync(HttpMethod.Get, other, authorization: device)).StatusCode.Should().Be(HttpStatusCode.NotFound);
        (await Hub.SendAsync(HttpMethod.Head, other, authorization: device)).StatusCode.Should().Be(HttpStatusCode.NotFound);
        (await Hub.SendAsync(HttpMethod.Get, mine, authorization: module)).StatusCode.Should().Be(HttpStatusCode.Unauthorized);
        (await Hub.SendAsync(HttpMethod.Get, mine, authorization: "nobody")).StatusCode.Should().Be(HttpStatusCode.Unauthorized);
        foreach (var who in (string[])[device, module, "nobody"])
            (await Hub.SendAsync(HttpMethod.Put, other, [1], who)).StatusCode.Should().Be(HttpStatusCode.Unauthorized);
        (await Hub.CallAsync("GET", "api/v1/artifacts", authorization: device)).Status.Should().Be(HttpStatusCode.Unauthorized);
        (await Hub.CallAsync("PATCH", "api/v1/devices/artifact-reader/twin", "{}", authorization: device)).Status.Should().Be(HttpStatusCode.Unauthorized);

        await Hub.NameAsync("artifact-reader", other, "r2");
        (await Hub.SendAsync(HttpMethod.Get, mine, authorization: device)).StatusCode.Should().Be(HttpStatusCode.NotFound);
        (await Hub.SendAsync(HttpMethod.Get, other, authorization: device)).StatusCode.Should().Be(HttpStatusCode.OK);
    }
}
