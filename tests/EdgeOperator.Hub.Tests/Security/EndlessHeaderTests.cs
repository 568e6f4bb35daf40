using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace EdgeOperator.Hub.Tests.Security;

/// <summary>Requests whose headers have no end.</summary>
[Collection(SharedHub.Name)]
public sealed class EndlessHeaderTests(SharedHub shared)
{
    private const long Size = 256L * 1024 * 1024;

    /// <summary>What systems and TLS may hold of what nobody has read.</summary>
    private const long MostTaken = 16 * 1024 * 1024;

    private HubUnderTest Hub => shared.Hub;

    [Theory]
    [InlineData("one line", "GET / HTTP/1.1\r\nHost: {0}\r\nX-Long: ", "x")]
    [InlineData("many lines", "GET / HTTP/1.1\r\nHost: {0}\r\n", "X-Many: x\r\n")]
    [InlineData("an address", "GET /", "x")]
    public async Task Of_256_MB_the_hub_takes_no_more_than_its_limit_and_answers_others(string where, string beginning, string part)
    {
        using var tcp = new TcpClient();
        await tcp.ConnectAsync(Hub.Host, 443);
        await using var stream = new SslStream(tcp.GetStream());
        await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = Hub.Host, CertificateChainPolicy = Hub.Trust() });
        await stream.WriteAsync(Encoding.ASCII.GetBytes(string.Format(null, beginning, Hub.Host)));
        var chunk = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(part, 64 * 1024 / part.Length)));

        var taken = 0L;
        await FluentActions.Awaiting(async () =>
        {
            for (; taken < Size; taken += chunk.Length)
                await stream.WriteAsync(chunk);
        }).Should().ThrowAsync<IOException>($"the hub ends a request with headers of 256 MB ({where})");

        taken.Should().BeLessThan(MostTaken);
        (await Hub.CallAsync("GET", "api/v1/devices")).Status.Should().Be(HttpStatusCode.OK);
    }
}
