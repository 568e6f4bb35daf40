using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using EdgeOperator.Core.Hub;
using EdgeOperator.Hub.Identities;
using EdgeOperator.Hub.Security;
using EdgeOperator.Hub.Service;
using EdgeOperator.Hub.Storage;

namespace EdgeOperator.Hub.Remote;

/// <summary>
/// Passes channels of devices that have reached this replica on to the one that waits for them, over a WebSocket to its address. When it
/// can't, the one that waits learns why through the store, so that its operator does.
/// </summary>
internal sealed partial class ChannelRelays(
    IHubStore store, RelayProof proof, HubConfiguration configuration, CertificateAuthority authority, ServerCertificates certificates, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<ChannelRelays> log)
{
    private const int MostOpen = 256;

    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan RefusalLife = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan LongestLife = TimeSpan.FromHours(8);

    private readonly IReplicaStore? _replicas = store as IReplicaStore;
    private int _open;

    /// <summary>Takes the connection of a device for a channel that another replica waits for; returns when that has ended.</summary>
    /// <exception cref="ServiceException">No replica waits for it, or that one can't be reached.</exception>
    public async Task PassOnAsync(string id, IdentityKey device, Func<Task<WebSocket>> accept, CancellationToken cancellation)
    {
        if (_replicas is null || ChannelId.ReplicaOf(id) is not { } owner || await _replicas.FindReplicaAsync(owner, cancellation) is not { } waiting)
            throw new ServiceException(ServiceError.ResourceNotFound, "nobody waits for this channel");
        try
        {
            if (Interlocked.Increment(ref _open) > MostOpen)
                throw await RefuseAsync(waiting, device, id, $"too many channels are open at the replica that {device} has connected to: at most {MostOpen}");
            await JoinAsync(waiting, id, device, accept, cancellation);
        }
        finally
        {
            Interlocked.Decrement(ref _open);
        }
    }

    private async Task JoinAsync(LiveReplica waiting, string id, IdentityKey device, Func<Task<WebSocket>> accept, CancellationToken cancellation)
    {
        if (waiting.Address is null)
            throw await RefuseAsync(waiting, device, id, $"{device} has connected to another replica than the one that was asked, which has no address for other replicas: set replica.address in its hub.yaml");
        using var handler = Handler(waiting.Address);
        using var invoker = new HttpMessageInvoker(handler);
        using var socket = new ClientWebSocket();
        try
        {
            await ConnectAsync(socket, invoker, id, device, cancellation);
        }
        catch (Exception e) when (e is WebSocketException || (e is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            CannotReach(log, waiting.Address, device.ToString(), e);
            throw await RefuseAsync(waiting, device, id, $"{device} has connected to another replica than the one that was asked, and that one can't reach it at {waiting.Address} (replica.address): its log says why");
        }

        using var accepted = await accept();
        var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation, lifetime.ApplicationStopping);
        await using var channel = new RemoteChannel(accepted, LongestLife, time, ended, _ => Task.CompletedTask);
        await channel.JoinAsync(socket);
    }

    private async Task ConnectAsync(ClientWebSocket socket, HttpMessageInvoker invoker, string id, IdentityKey device, CancellationToken cancellation)
    {
        using var timeout = new CancellationTokenSource(ConnectTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellation);
        socket.Options.SetRequestHeader("Authorization", proof.Create(id, device));
        socket.Options.KeepAliveInterval = TimeSpan.FromSeconds(30);
        socket.Options.KeepAliveTimeout = TimeSpan.FromSeconds(60);
        await socket.ConnectAsync(new UriBuilder("wss", configuration.HostName) { Path = $"/api/v1/relays/{id}" }.Uri, invoker, either.Token);
    }

    private async Task<ServiceException> RefuseAsync(LiveReplica waiting, IdentityKey device, string id, string reason)
    {
        await _replicas!.PostAsync(waiting.Id, device, ChangeKind.ChannelRefused, JsonSerializer.Serialize(new ChannelRefusal(id, reason)), RefusalLife, CancellationToken.None);
        return new(ServiceError.ServiceUnavailable, reason);
    }

    // Replicas have one name, which a load balancer has too: the address alone says which of them is meant.
    private SocketsHttpHandler Handler(string address)
    {
        var colon = address.LastIndexOf(':');
        var (host, port) = (address[..colon].Trim('[', ']'), int.Parse(address[(colon + 1)..], System.Globalization.CultureInfo.InvariantCulture));
        return new()
        {
            UseProxy = false,
            SslOptions = new() { TargetHost = configuration.HostName, RemoteCertificateValidationCallback = (_, certificate, _, errors) => IsReplica(certificate as X509Certificate2, errors) },
            ConnectCallback = async (_, cancellation) =>
            {
                var connection = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                try
                {
                    await connection.ConnectAsync(host, port, cancellation);
                    return new NetworkStream(connection, ownsSocket: true);
                }
                catch
                {
                    connection.Dispose();
                    throw;
                }
            },
        };
    }

    // Its certificate is by the hub's CA or, where the configuration names one, the same as here, or one that the system trusts.
    private bool IsReplica(X509Certificate2? certificate, SslPolicyErrors errors) => certificate is not null && (errors == SslPolicyErrors.None
        || certificate.RawDataMemory.Span.SequenceEqual(certificates.Current.RawDataMemory.Span)
        || (errors == SslPolicyErrors.RemoteCertificateChainErrors && CertificateChains.IsServerSignedBy(certificate, [authority.Certificate], time.GetUtcNow())));
}
