using EdgeOperator.Functions.Blobs;
using EdgeOperator.Functions.Tests.Hosting.Real;

namespace EdgeOperator.Functions.Tests.Blobs;

/// <summary>The host's own blobs on its control socket.</summary>
public sealed class BlobApiTests : IAsyncLifetime
{
    private readonly FunctionsHost _host = new();

    public Task InitializeAsync() => _host.StartAsync();

    public Task DisposeAsync() => _host.DisposeAsync().AsTask();

    [Fact]
    public async Task Blobs_are_written_listed_read_and_deleted()
    {
        (await PutAsync("files/a%20b/c.txt", "grüße"u8.ToArray())).Should().Be(201);
        (await _host.Control.GetStringAsync("blobs/files")).Should().Be("""[{"name":"a b/c.txt","length":7}]""");
        (await _host.Control.GetStringAsync("blobs/files/a%20b/c.txt")).Should().Be("grüße");

        ((int)(await _host.Control.DeleteAsync("blobs/files/a%20b/c.txt")).StatusCode).Should().Be(204);
        ((int)(await _host.Control.DeleteAsync("blobs/files/a%20b/c.txt")).StatusCode).Should().Be(404);
        ((int)(await _host.Control.GetAsync("blobs/files/a%20b/c.txt")).StatusCode).Should().Be(404);
        (await _host.Control.GetStringAsync("blobs/files")).Should().Be("[]");
    }

    [Fact]
    public async Task What_is_no_blob_is_refused()
    {
        (await PutAsync("Files/a", [])).Should().Be(400);
        (await PutAsync("files/x%2F..%2F..%2Fy", [])).Should().Be(400);
        using var request = new HttpRequestMessage(HttpMethod.Put, "blobs/files/large") { Content = new ByteArrayContent(new byte[Blob.MaxBytes + 1]) };
        request.Headers.ExpectContinue = true;
        using var answer = await _host.Control.SendAsync(request);
        ((int)answer.StatusCode).Should().Be(413);
    }

    private async Task<int> PutAsync(string path, byte[] content)
    {
        using var answer = await _host.Control.PutAsync($"blobs/{path}", new ByteArrayContent(content));
        return (int)answer.StatusCode;
    }
}
