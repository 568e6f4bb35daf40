using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using EdgeOperator.Core.Manifests;
using EdgeOperator.Platform.Files;
using EdgeOperator.Platform.Sockets;

namespace EdgeOperator.Agent.Checks;

/// <summary>What came of asking a server; each problem is null where there is none, or where it did not come to that.</summary>
/// <param name="CertificateEnd">Of the certificate that it has shown, whether that is trusted or not.</param>
/// <param name="ClockDifference">How far this device's clock is ahead of the server's.</param>
internal sealed record ProbedEndpoint(
    NetworkEndpoint Endpoint, string? NameProblem = null, string? ConnectProblem = null, string? TlsProblem = null, DateTimeOffset? CertificateEnd = null, TimeSpan? ClockDifference = null)
{
    public bool IsReached => NameProblem is null && ConnectProblem is null && TlsProblem is null;
}

/// <summary>Reaches the servers that the configuration names as far as anybody can: name, port, TLS, and the time that they tell. No credentials are sent.</summary>
internal static class NetworkProbe
{
    private const int LongestAnswer = 16 * 1024;

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(8);

    public static async Task<IReadOnlyList<ProbedEndpoint>> RunAsync(AgentConfiguration configuration, TimeProvider time, CancellationToken cancellation) =>
        await Task.WhenAll(NetworkEndpoint.Of(configuration).Select(endpoint => RunAsync(endpoint, time, cancellation)));

    private static async Task<ProbedEndpoint> RunAsync(NetworkEndpoint endpoint, TimeProvider time, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Timeout);
        IPAddress[] addresses;
        try
        {
            addresses = await Dns.GetHostAddressesAsync(endpoint.Host, limit.Token);
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException && !cancellation.IsCancellationRequested)
        {
            return new(endpoint, NameProblem: Words(e));
        }

        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(addresses, endpoint.Port, limit.Token);
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException && !cancellation.IsCancellationRequested)
        {
            return new(endpoint, ConnectProblem: Words(e));
        }

        return endpoint.HasTls ? await TlsAsync(endpoint, socket, time, limit.Token, cancellation) : new(endpoint);
    }

    private static async Task<ProbedEndpoint> TlsAsync(NetworkEndpoint endpoint, Socket socket, TimeProvider time, CancellationToken limit, CancellationToken cancellation)
    {
        DateTimeOffset? end = null;
        string? distrust = null;
        try
        {
            await using var tls = new SslStream(new NetworkStream(socket, ownsSocket: false));
            var options = new SslClientAuthenticationOptions
            {
                TargetHost = endpoint.Host,
                CertificateChainPolicy = endpoint.CaFile is { } file ? TrustedRoots.Only(Roots(file)) : null,
                RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
                {
                    end = certificate is X509Certificate2 shown ? shown.NotAfter.ToUniversalTime() : null;
                    distrust = errors == SslPolicyErrors.None ? null : Words(errors, chain);
                    return errors == SslPolicyErrors.None;
                },
            };
            await tls.AuthenticateAsClientAsync(options, limit);
            return new(endpoint, CertificateEnd: end, ClockDifference: endpoint.AsksForTime ? await ClockAsync(tls, endpoint.Host, time, limit) : null);
        }
        catch (Exception e) when (e is AuthenticationException or IOException or UnauthorizedAccessException or CryptographicException or OperationCanceledException && !cancellation.IsCancellationRequested)
        {
            return new(endpoint, TlsProblem: distrust ?? Words(e), CertificateEnd: end);
        }
    }

    // Any answer has the time: https://www.rfc-editor.org/rfc/rfc9110#name-date.
    private static async Task<TimeSpan?> ClockAsync(SslStream tls, string host, TimeProvider time, CancellationToken limit)
    {
        await tls.WriteAsync(Encoding.ASCII.GetBytes($"HEAD / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"), limit);
        var buffer = new byte[LongestAnswer];
        var length = 0;
        while (length < buffer.Length && await tls.ReadAsync(buffer.AsMemory(length), limit) is var count and > 0)
        {
            length += count;
            var date = Encoding.ASCII.GetString(buffer, 0, length).Split("\r\n").SkipLast(1).FirstOrDefault(line => line.StartsWith("Date:", StringComparison.OrdinalIgnoreCase));
            if (date is not null)
                return DateTimeOffset.TryParse(date["Date:".Length..], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var theirs) ? time.GetUtcNow() - theirs : null;
        }

        return null;
    }

    private static X509Certificate2Collection Roots(string file)
    {
        var roots = new X509Certificate2Collection();
        roots.ImportFromPem(ReferencedFile.ReadText(file));
        return roots;
    }

    private static string Words(SslPolicyErrors errors, X509Chain? chain) =>
        errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch) ? "its certificate is for another name"
        : errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable) ? "it shows no certificate"
        : $"its certificate is not trusted: {string.Join(", ", (chain?.ChainStatus ?? []).Select(s => s.StatusInformation.Trim()).Where(s => s.Length > 0).Distinct())}";

    private static string Words(Exception e) => e is OperationCanceledException ? $"no answer within {Timeout.TotalSeconds:0} s" : e.GetBaseException().Message;
}
