using System.Net;
using EdgeOperator.Functions.Workers.Forwarding;
using Microsoft.AspNetCore.Http;

namespace EdgeOperator.Functions.Workers.Rpc;

/// <summary>Requests as they came, to the address that a worker announced; it joins each with its call by the invocation's id.</summary>
internal sealed class HttpProxy : IDisposable
{
    private const string InvocationHeader = "x-ms-invocation-id";

    private readonly WorkerClient _client;
    private readonly HttpForwarder _forwarder;

    public HttpProxy(Uri uri)
    {
        // Workers say localhost and mean this machine.
        _client = new(new IPEndPoint(IPAddress.Loopback, uri.Port));
        _forwarder = new(_client);
    }

    public Task<bool> ForwardAsync(HttpContext context, string invocationId, CancellationToken cancellation) =>
        _forwarder.ForwardAsync(context, [new(InvocationHeader, invocationId)], cancellation);

    public void Dispose() => _client.Dispose();
}
